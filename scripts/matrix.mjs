/**
 * Runs the contract and integration suites on every runtime the project claims, all of them from npm packages on one
 * machine, and prints one table.
 *
 *   node scripts/matrix.mjs [RUNTIME…]      RUNTIME: node20, node22, node24, node26, bun, deno, workerd, or one in
 *   another version, such as bun@1.4.0; those that the lockfile does not bring are installed from npm on first use
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { countTotals, countVitest, hasFailed, totalsLine } from "./count-results.mjs";
import { nodeVersions, root, versionedRuntimePath } from "./runtimes.mjs";

/** @typedef {{ suite: string, args: string[], report?: string }} Run `report`: where Vitest writes its JSON */

const adapters = /** @type {const} */ ({ node: "node-adapter", bun: "bun-adapter", deno: "deno-adapter" });

/** The suites for a runtime, in the version the lockfile fixes or in another one. @param {string} name @returns {Run[]} */
function runsOn(name) {
  if (name === "workerd") {
    // workerd has no test runner: Vitest starts the binary and asks what happened inside.
    const report = join(root, ".cache/matrix-workerd.json");
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile=${report}`];
    return [
      {
        suite: "workers-adapter",
        args: ["node_modules/vitest/vitest.mjs", "run", "packages/workers-adapter", ...reporters],
        report,
      },
    ];
  }
  const [, runtime, line, exact] = /^(node|bun|deno)(\d+)?(?:@(.+))?$/.exec(name) ?? [];
  const version = exact ?? nodeVersions[/** @type {keyof typeof nodeVersions} */ (Number(line))];
  if (!isRuntime(runtime) || (line !== undefined && version === undefined)) {
    console.error(`"${name}" is none of ${everything.join(", ")}, bun@VERSION, deno@VERSION, node@VERSION`);
    process.exit(2);
  }
  const binary = version === undefined ? [] : ["--binary", versionedRuntimePath(runtime, version)];
  return ["node-builtins", adapters[runtime]].map((suite) => ({
    suite,
    args: ["scripts/suites.mjs", `packages/${suite}`, runtime, ...binary],
  }));
}

/** @param {string | undefined} name @returns {name is keyof typeof adapters} */
function isRuntime(name) {
  return name !== undefined && name in adapters;
}

const everything = [...Object.keys(nodeVersions).map((line) => `node${line}`), "bun", "deno", "workerd"];

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

/** @param {string} path */
function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

const names = process.argv.slice(2).length > 0 ? process.argv.slice(2) : everything;
let passed = 0;
let failed = 0;
let skipped = 0;
/** @type {string[]} */
const failures = [];
console.log(`| ${"runtime".padEnd(10)} | ${"suite".padEnd(16)} | passed | failed | skipped | seconds |`);
console.log(`| ${"-".repeat(10)} | ${"-".repeat(16)} | ------ | ------ | ------- | ------- |`);
for (const runtime of names) {
  for (const { suite, args, report } of runsOn(runtime)) {
    const start = performance.now();
    if (report !== undefined) rmSync(report, { force: true });
    const { ok, output } = await run(args);
    const result = report === undefined ? countTotals(output, ok) : countVitest(readJson(report), ok);
    passed += result.passed;
    failed += result.failed;
    skipped += result.skipped;
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const cells = [
      runtime.padEnd(10),
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
