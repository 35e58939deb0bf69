/**
 * Builds what has changed and says nothing on stdout, which belongs to the program that is started next.
 * When nothing is newer than the last build it costs a few milliseconds: a client under test is started once per case.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { workspaceFolders } from "./packages.mjs";
import { pnpmCommand } from "./pnpm.mjs";
import { root } from "./runtimes.mjs";

const stamp = join(root, ".cache/built");
const lock = join(root, ".cache/build.lock");
const sources = ["pnpm-lock.yaml", "tsconfig.base.json", "tsup.base.ts", "turbo.json"];

/** @param {string} path @returns {number} */
function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** @param {string} folder @returns {number} */
function newestIn(folder) {
  let newest = modified(folder);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestIn(path) : modified(path));
  }
  return newest;
}

/** @returns {boolean} */
function isFresh() {
  const built = modified(stamp);
  if (built === 0) return false;
  if (sources.some((name) => modified(join(root, name)) > built)) return false;
  return workspaceFolders().every((folder) => {
    if (modified(join(folder, "tsup.config.ts")) === 0) return true;
    if (modified(join(folder, "dist")) === 0) return false;
    return (
      ["package.json", "tsconfig.json", "tsup.config.ts"].every((name) => modified(join(folder, name)) <= built) &&
      newestIn(join(folder, "src")) <= built
    );
  });
}

/** Waits until no other process builds. @returns {Promise<void>} */
async function takeLock() {
  mkdirSync(dirname(lock), { recursive: true });
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      process.on("exit", () => rmSync(lock, { force: true }));
      return;
    } catch {
      if (!isAlive(lock)) rmSync(lock, { force: true });
      else await setTimeout(100);
    }
  }
}

/** Whether the process that holds a lock still runs; one that was killed left its file behind. @param {string} path */
function isAlive(path) {
  try {
    const pid = Number(readFileSync(path, "utf8"));
    // Empty: its maker is between creating the file and writing to it.
    if (pid !== 0) process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function build() {
  const started = Date.now() / 1000;
  // Turbo asks for the package manager by its bare name, so it must be on the PATH: `pnpm exec` puts it there.
  const turbo = [join(root, "node_modules/turbo/bin/turbo"), "run", "build", "--output-logs=errors-only"];
  const [pnpm, ...words] = pnpmCommand();
  const [file, ...args] =
    words.length === 0 ? [process.execPath, ...turbo] : [pnpm, ...words, "exec", process.execPath, ...turbo];
  const result = spawnSync(file, args, {
    cwd: root,
    stdio: ["ignore", 2, 2],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" },
  });
  if (result.status !== 0) process.exit(result.status ?? 1);
  writeFileSync(stamp, "");
  // The time when the build began: what was edited meanwhile counts as newer.
  utimesSync(stamp, started, started);
}

if (!isFresh()) {
  await takeLock();
  if (!isFresh()) build();
}
