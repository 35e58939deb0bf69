/**
 * The cross-decode matrix (RFC 7692, DF-30): what each compressor on each runtime writes is read by each engine on each
 * runtime, by Python's zlib and by Chromium, over windows of 9 to 15 bits x takeover x random and compressible data of
 * 0 B to 4 MiB. Node, Bun and Deno have zlib and `pako`, workerd has `pako` alone. Our own compressor must write the
 * same on all of them.
 *
 *   node packages/node-builtins/test/cross-decode/cross-decode.mjs [node|bun|deno|workerd…] [--no-python] [--no-chromium]
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root, runtimePath } from "../../../../scripts/runtimes.mjs";
import { chromiumReads } from "./chromium-reads.mjs";
import { bundleSide, workerdCommand } from "./workerd/workerd-command.mjs";

/** @typedef {import("./_combinations.ts").Runtime} Runtime */

const here = dirname(fileURLToPath(import.meta.url));
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const runtimes = /** @type {Runtime[]} */ (wanted.length > 0 ? wanted : ["node", "bun", "deno", "workerd"]);

const folder = mkdtempSync(join(tmpdir(), "samewire-cross-decode-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

// Beside the package, so that imports of packages resolve: a suite meets the same `dist` that a user would.
const out = join(here, "../../.cache", `cross-decode-${process.pid}`);
mkdirSync(out, { recursive: true });
process.on("exit", () => rmSync(out, { recursive: true, force: true }));
await build({
  entryPoints: [join(here, "_process-side.ts"), join(here, "_combinations.ts"), join(here, "../_deflate-material.ts")],
  outdir: out,
  outbase: join(here, ".."),
  outExtension: { ".js": ".mjs" },
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "es2022",
  packages: "external",
  logLevel: "error",
});
if (runtimes.includes("workerd")) await bundleSide(out);

let passed = 0;
let failed = 0;

/** @param {string} who @param {string} file @param {string[]} args @returns {string} its last line */
function run(who, file, args) {
  const began = performance.now();
  const { status, stdout, stderr, error } = spawnSync(file, args, { cwd: root, encoding: "utf8" });
  if (error !== undefined) throw error;
  const lines = stdout.trimEnd().split("\n");
  if (status !== 0) {
    failed += 1;
    console.log(`${who} ended with ${status}\n${stdout}${stderr}`);
  }
  for (const line of lines.slice(0, -1)) console.log(`${who}: ${line}`);
  console.log(`${who}: ${lines.at(-1)} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  return lines.at(-1) ?? "";
}

/** @param {Runtime} runtime @param {string[]} args */
function side(runtime, args) {
  const who = `${runtime} ${args[0]}`;
  if (runtime === "workerd") {
    const command = workerdCommand(out, folder, args);
    return run(who, command.file, command.args);
  }
  const flags = runtime === "deno" ? ["run", "--allow-all", "--no-check"] : [];
  return run(who, runtimePath(runtime), [...flags, join(out, "cross-decode/_process-side.mjs"), folder, ...args]);
}

/** @param {string} line */
function count(line) {
  const totals = /^(\d+) passed, (\d+) failed$/.exec(line);
  passed += Number(totals?.[1] ?? 0);
  failed += Number(totals?.[2] ?? 1);
}

for (const runtime of runtimes) side(runtime, ["encode", runtime]);
for (const runtime of runtimes) count(side(runtime, ["decode", ...runtimes]));

/** @param {string} path @returns {Promise<any>} the built module, whose types are those of its source */
const load = (path) => import(pathToFileURL(join(out, path)).href);
const { combinations, FAST, fileName } = await load("cross-decode/_combinations.mjs");
const { payload } = await load("_deflate-material.mjs");

const [first, ...others] = runtimes;
for (const one of combinations([first])) {
  if (one.compressor !== FAST) continue;
  const expected = readFileSync(join(folder, fileName(one)));
  for (const runtime of others) {
    const name = fileName({ ...one, runtime });
    if (readFileSync(join(folder, name)).equals(expected)) {
      passed += 1;
    } else {
      failed += 1;
      console.log(`${name} is not what ${first} writes`);
    }
  }
}

const sums = new Map();
/** @param {string} kind @param {number} size */
const digest = (kind, size) => {
  const key = `${kind} ${size}`;
  if (!sums.has(key)) sums.set(key, createHash("sha256").update(payload(kind, size)).digest("hex"));
  return sums.get(key);
};
/** @type {import("./chromium-reads.mjs").Replay[]} */
const replays = [];
for (const one of combinations(runtimes)) {
  const digests = one.sizes.map((/** @type {number} */ size) => digest(one.kind, size));
  const { windowBits, takeover } = one;
  replays.push({ name: fileName(one), windowBits, takeover, digests });
}

if (!process.argv.includes("--no-python")) {
  const plain = join(folder, "plain.jsonl");
  const lines = replays.map(({ name, windowBits, takeover, digests }) => [name, windowBits, takeover, digests]);
  writeFileSync(plain, lines.map((line) => JSON.stringify(line)).join("\n"));
  count(run("python", "python3", [join(here, "python-zlib.py"), folder, plain]));
}

if (!process.argv.includes("--no-chromium")) {
  const line = await chromiumReads(folder, replays);
  console.log(`chromium: ${line}`);
  count(line);
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
