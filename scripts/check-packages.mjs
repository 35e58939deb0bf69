/**
 * Checks what a user would install: each package is packed by pnpm, then publint reads its manifest against its files and
 * "are the types wrong?" resolves its types as Node and bundlers do.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { publicPackages } from "./packages.mjs";
import { root } from "./runtimes.mjs";

const out = mkdtempSync(join(tmpdir(), "samewire-pack-"));
process.on("exit", () => rmSync(out, { recursive: true, force: true }));

let passed = 0;
let failed = 0;
/** @param {string} name @param {string[]} problems */
function verdict(name, problems) {
  if (problems.length === 0) passed += 1;
  else {
    failed += 1;
    console.log(`${name}:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
  }
}

for (const { folder, name } of publicPackages()) {
  const target = join(out, basename(folder));
  execFileSync("pnpm", ["pack", "--pack-destination", target], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  const tarball = join(target, readdirSync(target)[0] ?? "");
  const bytes = readFileSync(tarball);
  const { messages, pkg } = await publint({
    pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) },
    strict: true,
  });
  verdict(
    `publint ${name}`,
    messages.map((message) => formatMessage(message, pkg, { color: false }) ?? message.code),
  );

  // ESM only, for runtimes that all have it: `require` without ESM support is the one profile left out.
  const attw = spawnSync(
    join(root, "node_modules/.bin/attw"),
    [tarball, "--profile", "esm-only", "--format", "ascii", "--no-color", "--no-emoji"],
    {
      encoding: "utf8",
    },
  );
  verdict(`attw ${name}`, attw.status === 0 ? [] : [attw.stdout, attw.stderr]);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
