/**
 * What compression costs on each runtime, as the tables of docs/compression.md.
 *
 *   node packages/node-builtins/test/measure-deflate/measure-deflate.mjs [node|bun|deno…] [cpu|slices|memory…]
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { root, runtimePath } from "../../../../scripts/runtimes.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const RUNTIMES = /** @type {const} */ (["node", "bun", "deno"]);
const TABLES = /** @type {const} */ (["cpu", "slices", "memory"]);
/** @type {Set<string>} */
const wanted = new Set(process.argv.slice(2));
/** @template {string} T @param {readonly T[]} all @returns {readonly T[]} those asked for, or all where none is */
const chosen = (all) => (all.some((name) => wanted.has(name)) ? all.filter((name) => wanted.has(name)) : all);
const runtimes = chosen(RUNTIMES);
const tables = chosen(TABLES);
const unknown = [...wanted].filter((name) => ![...RUNTIMES, ...TABLES].some((known) => known === name));
if (unknown.length > 0) throw new Error(`neither a runtime nor a table: ${unknown.join(", ")}`);

const out = join(here, "../../.cache", `measure-deflate-${process.pid}`);
mkdirSync(out, { recursive: true });
process.on("exit", () => rmSync(out, { recursive: true, force: true }));
await build({
  entryPoints: [join(here, "_measure.ts")],
  outfile: join(out, "measure.mjs"),
  bundle: true,
  format: "esm",
  platform: "node",
  target: "es2022",
  packages: "external",
  logLevel: "error",
});

const flags = { node: ["--expose-gc"], bun: [], deno: ["run", "--allow-all", "--no-check", "--v8-flags=--expose-gc"] };

/** @param {"node" | "bun" | "deno"} runtime @param {string[]} args @returns {string} */
function rows(runtime, args) {
  const command = [...flags[runtime], join(out, "measure.mjs"), ...args];
  const { status, stdout, stderr, error } = spawnSync(runtimePath(runtime), command, { cwd: root, encoding: "utf8" });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${runtime} ${args.join(" ")} ended with ${status}\n${stderr}`);
  return stdout.trimEnd().replaceAll(/^/gm, `| ${runtime} `);
}

/** @param {string[]} titles */
const head = (titles) => `\n| ${titles.join(" | ")} |\n|${" --- |".repeat(titles.length)}`;

if (tables.includes("cpu")) {
  console.log(head(["runtime", "engine", "history", "level", "compress, us", "inflate, us", "bytes of 1,024"]));
  for (const runtime of runtimes) console.log(rows(runtime, ["cpu"]));
}

if (tables.includes("slices")) {
  const spread = "ms (p50 / p99 / longest)";
  console.log(
    head(["runtime", "engine", "level", "8 MiB of", `compress a slice, ${spread}`, `inflate a turn, ${spread}`]),
  );
  for (const runtime of runtimes) {
    for (const engine of ["zlib", "pako"]) {
      for (const level of ["1", "6"]) {
        for (const kind of ["random", "compressible", "zeros"]) {
          console.log(rows(runtime, ["slices", engine, level, kind]));
        }
      }
    }
  }
}

if (tables.includes("memory")) {
  console.log(head(["runtime", "engine", "context", "RSS, KiB", "charged, KiB"]));
  for (const runtime of runtimes) {
    for (const engine of ["zlib", "pako"]) {
      for (const options of ["1 9 1", "1 13 6", "1 15 8", "6 9 1", "6 12 5", "6 13 6", "6 15 8"]) {
        console.log(rows(runtime, ["memory", engine, "deflater", ...options.split(" ")]));
      }
      console.log(rows(runtime, ["memory", engine, "inflater", "1", "15", "1"]));
    }
  }
}
