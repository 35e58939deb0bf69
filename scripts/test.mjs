/**
 * The gate: every stage of stages.mjs in order, its time, what was left out and why, and on the last line the totals as the
 * runners themselves counted them.
 *
 *   node scripts/test.mjs [STAGE…]      REQUIRE_ALL=1: a missing program is a failure, and nothing is left out
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { countTotals, countVitest, hasFailed, totalsLine } from "./count-results.mjs";
import { root } from "./runtimes.mjs";
import { stages } from "./stages.mjs";

const requireAll = process.env.REQUIRE_ALL === "1";
const jsonReport = join(root, ".cache/vitest.json");

/** @param {string} command */
function isInstalled(command) {
  const names = command === "chromium" ? ["chromium", "chromium-browser", "google-chrome"] : [command];
  return names.some((name) => spawnSync(name, ["--version"], { stdio: "ignore" }).error === undefined);
}

/** @param {import("./stages.mjs").Stage} stage @param {string} output @param {boolean} ok */
function count(stage, output, ok) {
  if (stage.count === "check") return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
  if (stage.count === "totals") return countTotals(output, ok);
  return countVitest(existsSync(jsonReport) ? JSON.parse(readFileSync(jsonReport, "utf8")) : undefined, ok);
}

/** @param {import("./stages.mjs").Stage} stage @returns {Promise<{ ok: boolean, output: string }>} */
function run(stage) {
  const [command = "", ...rest] = stage.run;
  const file = command === "node" ? process.execPath : join(root, "node_modules/.bin", command);
  const args =
    stage.count === "vitest" ? [...rest, "--reporter=default", "--reporter=json", `--outputFile=${jsonReport}`] : rest;
  rmSync(jsonReport, { force: true });
  return new Promise((resolve) => {
    // A group of its own, so that a stage that hangs is ended with everything it started.
    const child = spawn(file, args, {
      cwd: root,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" },
    });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    const end = () => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // The group has already gone.
      }
    };
    const seconds = stage.seconds ?? 300;
    const timer = setTimeout(() => {
      output += `\nended after ${seconds} s: the stage's limit\n`;
      end();
    }, seconds * 1000);
    process.once("exit", end);
    child.on("error", (error) => (output += `\n${error.message}\n`));
    child.on("close", (code) => {
      clearTimeout(timer);
      process.off("exit", end);
      resolve({ ok: code === 0, output });
    });
  });
}

process.on("SIGINT", () => process.exit(130));
process.on("SIGTERM", () => process.exit(143));

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !stages.some((stage) => stage.name === name));
if (unknown.length > 0) {
  console.error(`no stage named ${unknown.join(", ")}; there are: ${stages.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}

mkdirSync(join(root, ".cache"), { recursive: true });
/** @type {import("./count-results.mjs").Totals} */
const totals = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const leftOut = [];
/** @type {string[]} */
const red = [];
const began = performance.now();

for (const stage of stages) {
  if (wanted.length > 0 && !wanted.includes(stage.name)) continue;
  if (stage.full !== undefined && !requireAll && !wanted.includes(stage.name)) {
    leftOut.push(stage.full);
    continue;
  }
  if (stage.needs !== undefined && !isInstalled(stage.needs)) {
    leftOut.push(`${stage.name}: ${stage.needs} is not installed`);
    if (requireAll) {
      totals.failed += 1;
      red.push(stage.name);
    }
    continue;
  }
  const start = performance.now();
  const { ok, output } = await run(stage);
  const result = count(stage, output, ok);
  totals.passed += result.passed;
  totals.failed += result.failed;
  totals.skipped += result.skipped;
  const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(6);
  const mark = hasFailed(result) ? "RED" : "ok ";
  console.log(`${mark} ${seconds} s  ${stage.name}: ${totalsLine(result)}`);
  if (hasFailed(result)) {
    red.push(stage.name);
    console.log(output.trimEnd().replace(/^/gm, "    | "));
  } else if (stage.show !== undefined) {
    for (const line of output.split("\n")) if (stage.show.test(line)) console.log(`    ${line}`);
  }
}

console.log(`\ntook ${((performance.now() - began) / 1000).toFixed(0)} s`);
if (leftOut.length > 0) console.log(`left out:\n${leftOut.map((line) => `  - ${line}`).join("\n")}`);
if (red.length > 0) console.log(`red: ${red.join(", ")}`);
console.log(totalsLine(totals));
process.exitCode = totals.failed === 0 ? 0 : 1;
