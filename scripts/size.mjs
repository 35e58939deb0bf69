/** What the codec costs a page that takes all of what is published: one file, minified and gzipped. The budget is part of the gate. */
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { root } from "./runtimes.mjs";

const budget = 12 * 1024;
const result = await build({
  entryPoints: [join(root, "packages/codec/dist/index.js")],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  write: false,
});
const code = result.outputFiles[0]?.contents ?? new Uint8Array();
const size = gzipSync(code, { level: 9 }).length;
/** @param {number} bytes */
const kib = (bytes) => `${(bytes / 1024).toFixed(2)} KiB`;
console.log(`@samewire/codec: ${kib(code.length)} minified, ${kib(size)} gzipped (budget ${kib(budget)})`);
if (size >= budget) process.exitCode = 1;
