/**
 * What the README promises of a fresh clone: `demo` does all of its own set-up, serves its page and a WebSocket, and ends in order
 * on SIGINT; a second run reinstalls nothing; the first example runs. What the stage `build` has built of the same sources is not
 * built again.
 *
 *   node scripts/check-clone.mjs      of what is committed
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { WebSocket } from "ws";
import { totalsLine } from "./count-results.mjs";
import { pnpmPath } from "./pnpm.mjs";
import { root } from "./runtimes.mjs";

/** How long a run may take until it says where it listens, in milliseconds. */
const START_LIMIT = 150_000;

const totals = { passed: 0, failed: 0, skipped: 0 };

/** @param {string} what @param {boolean} holds @param {unknown} [seen] */
function check(what, holds, seen) {
  totals[holds ? "passed" : "failed"] += 1;
  console.log(`${holds ? "ok " : "RED"} ${what}${holds || seen === undefined ? "" : `: ${seen}`}`);
}

const folder = mkdtempSync(join(tmpdir(), "samewire-clone-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
execFileSync("git", ["clone", "--quiet", "--depth=1", `file://${root}`, folder], {
  stdio: ["ignore", "ignore", "inherit"],
});

const { packageManager } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const command = `npx ${packageManager} demo`;
const readme = readFileSync(join(folder, "README.md"), "utf8");
check(`the README names the command: ${command}`, readme.includes(command));
// Without npx, which would die of the signal itself.
const pnpm = pnpmPath();

/** Runs `demo` and uses it as a browser does. @param {string} name */
async function runDemo(name) {
  const started = performance.now();
  const child = spawn(pnpm, ["demo"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that all of it can be ended.
    detached: true,
    env: {
      // What pnpm tells the scripts that it runs, this one among them: not to look after the installation again.
      ...Object.fromEntries(Object.entries(process.env).filter(([key]) => !/verify_deps_before_run$/i.test(key))),
      // To install, pnpm calls itself by its bare name.
      PATH: `${dirname(pnpm)}${delimiter}${process.env.PATH}`,
      PORT: "0",
      TURBO_CACHE_DIR: join(root, ".turbo/cache"),
    },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
  const closed = once(child, "close");
  const limit = setTimeout(() => process.kill(-(child.pid ?? Number.NaN), "SIGKILL"), START_LIMIT);
  /** @type {Promise<string | undefined>} */
  const url = new Promise((resolve) => {
    const look = () => resolve(/Open (http:\S+) in a browser/.exec(said)?.[1]);
    child.stdout.on("data", () => said.includes("Open http") && look());
    void closed.then(look);
  });
  const page = await url;
  clearTimeout(limit);
  check(`${name}: says what to open`, page !== undefined, said);
  if (page === undefined) return;
  console.log(`    after ${((performance.now() - started) / 1000).toFixed(1)} s`);

  const response = await fetch(page);
  const body = await response.text();
  check(`${name}: serves the page`, response.status === 200 && body.includes("<html"), response.status);
  const socket = new WebSocket(page.replace(/^http/, "ws"));
  await once(socket, "open");
  socket.send("from a fresh clone");
  const [echo] = await once(socket, "message");
  check(`${name}: echoes`, String(echo) === "from a fresh clone", echo);
  const left = once(socket, "close");
  child.kill("SIGINT");
  const [closeCode] = await left;
  check(`${name}: says 1001 on SIGINT`, closeCode === 1001, closeCode);
  const [code, signal] = await closed;
  check(`${name}: exits 0`, code === 0, code ?? signal);
}

const installed = () => statSync(join(folder, "node_modules/.modules.yaml"), { throwIfNoEntry: false })?.mtimeMs;
await runDemo("first run");
const before = installed();
await runDemo("second run");
check("the second run reinstalls nothing", before !== undefined && installed() === before);

// As a stranger pastes it, but for a port that is free. It has no types of its own, so that Node takes it as it is.
const pasted = join(folder, "apps/echo/pasted.mjs");
const example = /```ts\n(import .*?)```/s.exec(readme)?.[1] ?? "";
writeFileSync(pasted, example.replace("port: 9001", "port: 0"));
const { status, stdout, stderr } = spawnSync(process.execPath, [pasted], { encoding: "utf8", timeout: 20_000 });
check("the README's first example runs, and ends by itself", status === 0 && stdout === "hello\n", stderr || stdout);
console.log(totalsLine(totals));
process.exitCode = totals.failed === 0 ? 0 : 1;
