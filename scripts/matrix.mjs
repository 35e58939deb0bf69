/**
 * Runs the contract and integration suites on every runtime the project claims, all of them from npm packages on one
 * machine, and prints one table.
 *
 *   node scripts/matrix.mjs [RUNTIME…]      RUNTIME: node20, node22, node24, node26, bun, deno, workerd
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { countResults, hasFailed, totalsLine } from "./count-results.mjs";
import { nodePath, nodeVersions, root } from "./runtimes.mjs";

/** @typedef {"node" | "bun" | "deno" | "totals"} Count */
/** @typedef {{ suite: string, args: string[], count: Count }} Run */

/** @param {string} name @param {"node" | "bun" | "deno"} runtime @param {string[]} [extra] @returns {Run} */
const suites = (name, runtime, extra = []) => ({
  suite: name,
  args: ["scripts/suites.mjs", `packages/${name}`, runtime, ...extra],
  count: runtime,
});

/** @type {Record<string, () => Run[]>} */
const runtimes = {
  ...Object.fromEntries(
    Object.keys(nodeVersions).map((line) => [
      `node${line}`,
      () => {
        const node = ["--node", nodePath(/** @type {keyof typeof nodeVersions} */ (Number(line)))];
        return [suites("node-builtins", "node", node), suites("node-adapter", "node", node)];
      },
    ]),
  ),
  bun: () => [suites("node-builtins", "bun"), suites("bun-adapter", "bun")],
  deno: () => [suites("node-builtins", "deno"), suites("deno-adapter", "deno")],
  workerd: () => [
    { suite: "workers-adapter", args: ["packages/workers-adapter/test/run-workerd.mjs"], count: "totals" },
  ],
};

/** @param {readonly string[]} args @returns {Promise<{ ok: boolean, output: string }>} */
function run(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined },
    });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    child.stderr.on("data", (chunk) => {
      output += chunk;
    });
    child.on("close", (code) => resolve({ ok: code === 0, output }));
  });
}

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in runtimes));
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(", ")}; there are ${Object.keys(runtimes).join(", ")}`);
  process.exit(2);
}

let passed = 0;
let failed = 0;
let skipped = 0;
/** @type {string[]} */
const failures = [];
console.log(`| ${"runtime".padEnd(8)} | ${"suite".padEnd(16)} | passed | failed | skipped | seconds |`);
console.log(`| ${"-".repeat(8)} | ${"-".repeat(16)} | ------ | ------ | ------- | ------- |`);
for (const [runtime, runsOf] of Object.entries(runtimes)) {
  if (names.length > 0 && !names.includes(runtime)) continue;
  for (const { suite, args, count } of runsOf()) {
    const start = performance.now();
    const { ok, output } = existsSync(join(root, args[0] ?? ""))
      ? await run(args)
      : { ok: false, output: `${args[0]} does not exist` };
    const result = countResults(count, output, ok);
    passed += result.passed;
    failed += result.failed;
    skipped += result.skipped;
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const cells = [
      runtime.padEnd(8),
      suite.padEnd(16),
      String(result.passed).padStart(6),
      String(result.failed).padStart(6),
      String(result.skipped).padStart(7),
      seconds.padStart(7),
    ];
    console.log(`| ${cells.join(" | ")} |`);
    if (hasFailed(result)) failures.push(`${suite} on ${runtime}:\n${output.trimEnd().replace(/^/gm, "    ")}`);
  }
}
if (failures.length > 0) console.log(`\n${failures.join("\n\n")}\n`);
console.log(totalsLine({ passed, failed, skipped }));
process.exitCode = failed === 0 ? 0 : 1;
