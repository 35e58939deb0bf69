/**
 * What the gate runs, in this order and two at a time. A stage is a command and the way its result is counted; nothing else decides what is
 * part of the gate, so a new proof is one entry here.
 *
 * @typedef {object} Stage
 * @property {string} name           `node scripts/test.mjs NAME…` runs only these
 * @property {readonly string[]} run command line; `node` is this Node, other names are looked up in node_modules/.bin
 * @property {"check" | "vitest" | "totals"} count
 *   how passed and failed are read: `check` is one of either by exit code, `vitest` is the report of that runner, `totals` is
 *   the last line of the form `N passed, N failed[, N skipped]`
 * @property {RegExp} [show]         lines of a passing stage's output that are worth showing
 * @property {readonly string[]} [needs] programs that npm cannot bring; without one the stage is left out, or red under REQUIRE_ALL=1
 * @property {string} [full]         why the stage runs only under REQUIRE_ALL=1, and the command that runs it alone
 * @property {boolean} [alone]       nothing else runs beside it: what comes after needs what it makes, or it needs the machine
 * @property {number} [seconds]      how long it may take before it is ended and counted as failed (default 300)
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { workspaceFolders } from "./packages.mjs";
import { systemTools } from "./system-tools.mjs";

const withoutToolTests = ["--exclude", `**/*.{${systemTools.join(",")}}.test.ts`];

/** The programs in the names of the tests that are named after this one last. @param {string} tool @returns {string[]} */
function neededFor(tool) {
  const names = workspaceFolders().flatMap((folder) => {
    const tests = join(folder, "test");
    return existsSync(tests) ? readdirSync(tests, { recursive: true, encoding: "utf8" }) : [];
  });
  const words = names.filter((name) => name.endsWith(`.${tool}.test.ts`)).flatMap((name) => name.split("."));
  return systemTools.filter((one) => words.includes(one));
}

/** @param {string} folder @param {"node" | "bun" | "deno"} runtime @returns {Stage} */
function suiteStage(folder, runtime) {
  return {
    name: `suites: ${folder} on ${runtime}`,
    run: ["node", "scripts/suites.mjs", `packages/${folder}`, runtime],
    count: "totals",
    seconds: 180,
  };
}

/** @type {readonly Stage[]} */
export const stages = [
  { name: "install", run: ["node", "scripts/check-install.mjs"], count: "check", show: /./, alone: true },
  // Before what does not need it, too: nothing can share the machine with it.
  { name: "build", run: ["node", "scripts/ensure-built.mjs"], count: "check", alone: true },
  { name: "lint", run: ["biome", "ci", "--error-on-warnings", "--colors=off", "."], count: "check" },
  { name: "types", run: ["node", "scripts/typecheck.mjs"], count: "totals", seconds: 600 },
  {
    name: "imports",
    run: ["depcruise", "--config", ".dependency-cruiser.mjs", "packages", "apps", "benchmarks"],
    count: "check",
    show: /dependencies cruised/,
  },
  { name: "structure", run: ["node", "scripts/structure.mjs"], count: "totals" },
  { name: "unused", run: ["knip", "--no-progress", "--no-config-hints"], count: "check" },
  {
    name: "codec",
    run: ["vitest", "run", "--coverage", "packages/codec", ...withoutToolTests],
    count: "vitest",
    show: /^(Lines|Branches|Statements|Functions)\s+:/,
  },
  {
    name: "unit",
    run: ["vitest", "run", "packages", "scripts", "--exclude", "packages/codec/**", ...withoutToolTests],
    count: "vitest",
  },
  suiteStage("node-builtins", "node"),
  suiteStage("node-builtins", "bun"),
  suiteStage("node-builtins", "deno"),
  suiteStage("node-adapter", "node"),
  suiteStage("bun-adapter", "bun"),
  suiteStage("deno-adapter", "deno"),
  { name: "integration", run: ["vitest", "run", "apps", "benchmarks", ...withoutToolTests], count: "vitest" },
  ...systemTools.flatMap((tool) => {
    const needs = neededFor(tool);
    if (needs.length === 0) return [];
    return /** @type {Stage} */ ({
      name: `with ${tool}`,
      run: ["vitest", "run", `.${tool}.test.ts`],
      count: "vitest",
      needs,
    });
  }),
  { name: "conformance", run: ["node", "apps/echo/conformance/run.mjs"], count: "totals", seconds: 400, alone: true },
  { name: "interop", run: ["node", "apps/echo/interop/run.mjs"], count: "totals", show: /^\|/, seconds: 400 },
  { name: "packages", run: ["node", "scripts/check-packages.mjs"], count: "totals" },
  {
    name: "clone",
    run: ["node", "scripts/check-clone.mjs"],
    count: "totals",
    full: "`demo` in a fresh clone, twice: `node scripts/check-clone.mjs`",
    show: /after/,
  },
  { name: "size", run: ["node", "scripts/size.mjs"], count: "check", show: /KiB/ },
  {
    name: "cross-decode",
    run: ["node", "packages/node-builtins/test/cross-decode/cross-decode.mjs"],
    count: "totals",
    needs: ["chromium", "python3"],
    show: /passed/,
    full: "what each DEFLATE engine of each runtime writes, read by all of them, by Python's and by Chromium's: `node packages/node-builtins/test/cross-decode/cross-decode.mjs`",
    seconds: 400,
  },
  {
    name: "matrix",
    run: ["node", "scripts/matrix.mjs"],
    count: "totals",
    show: /\|/,
    full: "Node 20, 22, 24 and 26 beside Bun, Deno and workerd: `pnpm matrix`",
    seconds: 900,
    alone: true,
  },
];
