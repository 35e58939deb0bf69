/**
 * Builds what has changed and says nothing on stdout, which belongs to the program that is started next.
 * When nothing is newer than the last build it costs a few milliseconds: a client under test is started once per case.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { workspaceFolders } from "./packages.mjs";
import { root } from "./runtimes.mjs";

const stamp = join(root, ".cache/built");
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

if (!isFresh()) {
  const started = Date.now();
  const turbo = join(root, "node_modules/turbo/bin/turbo");
  const result = spawnSync(process.execPath, [turbo, "run", "build", "--output-logs=errors-only"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" },
  });
  if (result.status !== 0) process.exit(result.status ?? 1);
  mkdirSync(dirname(stamp), { recursive: true });
  // The time when the build began: what was edited meanwhile counts as newer.
  writeFileSync(stamp, "");
  const { utimesSync } = await import("node:fs");
  utimesSync(stamp, started / 1000, started / 1000);
}
