/**
 * The gate: every stage of stages.mjs, its time, what was left out and why, and on the last line the totals as the runners
 * themselves counted them.
 *
 *   node scripts/test.mjs [STAGE…]      REQUIRE_ALL=1: a missing program is a failure, and nothing is left out
 */
import { hasFailed, totalsLine } from "./count-results.mjs";
import { runStage } from "./run-stage.mjs";
import { stages } from "./stages.mjs";
import { findTool } from "./system-tools.mjs";

/** How many lines of a red stage are shown, from its beginning and from its end. */
const SHOWN = { first: 60, last: 140 };

const requireAll = process.env.REQUIRE_ALL === "1";
const totals = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const leftOut = [];
/** @type {string[]} */
const red = [];

/** Whether a stage is to run now; why not is written down. @param {import("./stages.mjs").Stage} stage */
function isToRun(stage) {
  if (wanted.length > 0) {
    if (!wanted.includes(stage.name)) return false;
  } else if (stage.full !== undefined && !requireAll) {
    leftOut.push(stage.full);
    return false;
  }
  const missing = stage.needs?.filter((tool) => findTool(tool) === undefined) ?? [];
  if (missing.length === 0) return true;
  leftOut.push(`${stage.name}: not installed: ${missing.join(", ")}`);
  if (requireAll) {
    totals.failed += 1;
    red.push(stage.name);
  }
  return false;
}

/** @param {string} output */
function excerpt(output) {
  const lines = output.trimEnd().split("\n");
  const hidden = lines.length - SHOWN.first - SHOWN.last;
  if (hidden <= 0) return lines;
  return [...lines.slice(0, SHOWN.first), `… ${hidden} lines …`, ...lines.slice(-SHOWN.last)];
}

/** @param {import("./stages.mjs").Stage} stage */
async function runAndReport(stage) {
  const { totals: result, output, seconds } = await runStage(stage);
  totals.passed += result.passed;
  totals.failed += result.failed;
  totals.skipped += result.skipped;
  const mark = hasFailed(result) ? "RED" : "ok ";
  console.log(`${mark} ${seconds.toFixed(1).padStart(6)} s  ${stage.name}: ${totalsLine(result)}`);
  if (hasFailed(result)) {
    red.push(stage.name);
    for (const line of excerpt(output)) console.log(`    | ${line}`);
  } else if (stage.show !== undefined) {
    for (const line of output.split("\n")) if (stage.show.test(line)) console.log(`    ${line}`);
  }
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !stages.some((stage) => stage.name === name));
if (unknown.length > 0) {
  console.error(`no stage named ${unknown.join(", ")}; there are: ${stages.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}

const began = performance.now();
/** @type {Set<Promise<void>>} */
const running = new Set();
for (const stage of stages.filter(isToRun)) {
  // Much of a stage is waiting, so two share the machine, unless one needs it for itself or what others make.
  while (running.size >= (stage.alone ? 1 : 2)) await Promise.race(running);
  const done = runAndReport(stage).finally(() => running.delete(done));
  running.add(done);
  if (stage.alone) await done;
}
await Promise.all(running);

console.log(`\ntook ${((performance.now() - began) / 1000).toFixed(0)} s`);
if (leftOut.length > 0) console.log(`left out:\n${leftOut.map((line) => `  - ${line}`).join("\n")}`);
if (red.length > 0) console.log(`red: ${red.join(", ")}`);
console.log(totalsLine(totals));
process.exitCode = totals.failed === 0 ? 0 : 1;
