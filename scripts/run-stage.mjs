/** Runs one stage of the gate and says what it came to. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { countTotals, countVitest } from "./count-results.mjs";
import { root } from "./runtimes.mjs";

/** @typedef {import("./stages.mjs").Stage} Stage */
/** @typedef {{ totals: import("./count-results.mjs").Totals, output: string, seconds: number }} Outcome */

/** Process groups that are still running, by the pid of their first process. @type {Set<number>} */
const groups = new Set();

/** @param {number} pid */
function endGroup(pid) {
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch {
    // The group has already gone.
  }
}

process.on("exit", () => {
  for (const pid of groups) endGroup(pid);
});
process.on("SIGINT", () => process.exit(130));
process.on("SIGTERM", () => process.exit(143));

/** @param {Stage} stage @param {string} report @returns {{ file: string, args: readonly string[] }} */
function commandOf({ run, count }, report) {
  const [name = "", ...args] = run;
  const file = name === "node" ? process.execPath : join(root, "node_modules/.bin", name);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile=${report}`];
  return { file, args: count === "vitest" ? [...args, ...reporters] : args };
}

/** @param {Stage} stage @param {string} report @param {string} output @param {boolean} ok */
function totalsOf({ count }, report, output, ok) {
  if (count === "check") return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
  if (count === "totals") return countTotals(output, ok);
  return countVitest(existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : undefined, ok);
}

/** @param {Stage} stage @returns {Promise<Outcome>} */
export function runStage(stage) {
  const report = join(root, ".cache/reports", `${stage.name.replaceAll(/\W+/g, "-")}.json`);
  mkdirSync(join(root, ".cache/reports"), { recursive: true });
  rmSync(report, { force: true });
  const start = performance.now();
  const { file, args } = commandOf(stage, report);
  // A group of its own, so that a stage that hangs is ended with everything it started.
  const child = spawn(file, args, {
    cwd: root,
    detached: process.platform !== "win32",
    shell: process.platform === "win32" && stage.run[0] !== "node",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" },
  });
  const { pid } = child;
  if (pid !== undefined) groups.add(pid);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk) => {
      output += chunk;
    });
  }
  const limit = stage.seconds ?? 300;
  const timer = setTimeout(() => {
    output += `\nended after ${limit} s: the stage's limit\n`;
    if (pid !== undefined) endGroup(pid);
  }, limit * 1000);
  return new Promise((resolve) => {
    child.on("error", (error) => {
      output += `\n${error.message}\n`;
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      if (pid !== undefined) groups.delete(pid);
      const seconds = (performance.now() - start) / 1000;
      resolve({ totals: totalsOf(stage, report, output, code === 0), output, seconds });
    });
  });
}
