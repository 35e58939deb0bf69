/**
 * Checks what a user would install: each package is packed by pnpm, then publint reads its manifest against its files and
 * "are the types wrong?" resolves its types as Node and bundlers do.
 */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { totalsLine } from "./count-results.mjs";
import { publicPackages } from "./packages.mjs";
import { pnpmCommand } from "./pnpm.mjs";
import { root } from "./runtimes.mjs";

const out = mkdtempSync(join(tmpdir(), "samewire-pack-"));
process.on("exit", () => rmSync(out, { recursive: true, force: true }));
const [pnpm, ...pnpmWords] = pnpmCommand();

/** @param {string} file @param {string[]} args @param {string} cwd @returns {Promise<{ ok: boolean, output: string }>} */
function run(file, args, cwd) {
  return new Promise((resolve) => {
    execFile(file, args, { cwd, shell: process.platform === "win32", maxBuffer: 1 << 24 }, (error, stdout, stderr) =>
      resolve({ ok: error === null, output: `${stdout}${stderr}`.trim() }),
    );
  });
}

/** @param {Uint8Array<ArrayBufferLike>} bytes @returns {ArrayBuffer} */
const exactBuffer = (bytes) => new Uint8Array(bytes).buffer;

/** What is wrong with a package, by tool. @param {string} folder @returns {Promise<Record<string, string[]>>} */
async function check(folder) {
  const target = join(out, basename(folder));
  mkdirSync(target);
  const packed = await run(pnpm, [...pnpmWords, "pack", "--pack-destination", target], folder);
  const name = readdirSync(target).find((file) => file.endsWith(".tgz"));
  if (name === undefined) return { pack: [packed.output] };
  const tarball = join(target, name);

  const { messages, pkg } = await publint({ pack: { tarball: exactBuffer(readFileSync(tarball)) }, strict: true });
  // ESM only, for runtimes that all have it: CommonJS resolution is the one profile left out.
  const options = ["--profile", "esm-only", "--format", "ascii", "--no-color", "--no-emoji"];
  const attw = await run(join(root, "node_modules/.bin/attw"), [tarball, ...options], folder);
  return {
    publint: messages.map((message) => formatMessage(message, pkg, { color: false }) ?? message.code),
    attw: attw.ok ? [] : [attw.output],
  };
}

const totals = { passed: 0, failed: 0, skipped: 0 };
const waiting = publicPackages();
async function worker() {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    for (const [tool, problems] of Object.entries(await check(next.folder))) {
      if (problems.length === 0) totals.passed += 1;
      else {
        totals.failed += 1;
        console.log(`${tool} ${next.name}:\n${problems.join("\n").replace(/^/gm, "  ")}`);
      }
    }
  }
}

await Promise.all([worker(), worker()]);
console.log(totalsLine(totals));
process.exitCode = totals.failed === 0 ? 0 : 1;
