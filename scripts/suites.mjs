/**
 * Runs the suites that several runtimes share (`*.contract.ts`, `*.integration.ts`, written for node:test) as built JavaScript:
 *
 *   node scripts/suites.mjs PACKAGE-FOLDER [node|bun|deno] [--binary PATH] [--only contract|integration]
 *
 * Node 20 runs no TypeScript, so each suite is bundled into the package's `.cache/suites`. Imports of packages stay
 * imports, so a suite meets the same `dist` that a user would.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { countRunner, totalsLine } from "./count-results.mjs";
import { root, runtimePath } from "./runtimes.mjs";

const LIMIT_SECONDS = 150;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { binary: { type: "string" }, only: { type: "string" } },
});
const [target, runtime = "node"] = positionals;
if (target === undefined || (runtime !== "node" && runtime !== "bun" && runtime !== "deno")) {
  console.error(
    "usage: node scripts/suites.mjs PACKAGE-FOLDER [node|bun|deno] [--binary PATH] [--only contract|integration]",
  );
  process.exit(2);
}

const folder = resolve(root, target);
const suffix = new RegExp(`\\.(${values.only ?? "contract|integration"})\\.ts$`);
const suites = readdirSync(join(folder, "test"), { recursive: true, encoding: "utf8" }).filter((name) =>
  suffix.test(name),
);
if (suites.length === 0) {
  console.error(`no suite matches ${suffix} in ${relative(root, folder)}/test`);
  process.exit(1);
}

// One folder per runtime and run: two runtimes may be tested at the same time.
const out = join(folder, ".cache/suites", `${runtime}-${process.pid}`);
mkdirSync(out, { recursive: true });
process.on("exit", () => rmSync(out, { recursive: true, force: true }));

await build({
  entryPoints: suites.map((name) => join(folder, "test", name)),
  outdir: out,
  outbase: join(folder, "test"),
  outExtension: { ".js": ".mjs" },
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "es2022",
  packages: "external",
  sourcemap: "inline",
  logLevel: "error",
});
const files = readdirSync(out, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(contract|integration)\.mjs$/.test(name))
  .map((name) => join(out, name));

const junit = join(out, "junit.xml");
const commands = {
  node: ["--enable-source-maps", "--test", "--test-reporter=spec", ...files],
  bun: ["test", "--timeout=60000", ...files],
  deno: ["test", "--allow-all", "--no-check", `--junit-path=${junit}`, ...files],
};
console.log(`${runtime}: ${files.map((path) => basename(path)).join(", ")}`);
const child = spawn(values.binary ?? runtimePath(runtime), commands[runtime], {
  cwd: folder,
  stdio: ["ignore", "pipe", "pipe"],
  // A group of its own: the test runner of Node starts a process per file.
  detached: process.platform !== "win32",
  env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined },
});

/** @param {number} pid */
function endGroup(pid) {
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch {
    // The group has already gone.
  }
}
const endChild = () => child.pid !== undefined && endGroup(child.pid);
process.on("exit", endChild);
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(signal, () => process.exit(1));

let output = "";
for (const stream of [child.stdout, child.stderr]) {
  stream.setEncoding("utf8").on("data", (chunk) => {
    output += chunk;
    process.stdout.write(chunk);
  });
}
const limit = setTimeout(() => {
  console.log(`ended after ${LIMIT_SECONDS} s: a test that hangs, or a socket or timer that one left behind`);
  endChild();
}, LIMIT_SECONDS * 1000);
const [code] = await once(child, "close");
clearTimeout(limit);
process.off("exit", endChild);
const report = runtime === "deno" ? (existsSync(junit) ? readFileSync(junit, "utf8") : "") : output;
const totals = countRunner(runtime, report, code === 0);
console.log(totalsLine(totals));
process.exitCode = totals.failed === 0 ? 0 : 1;
