/** Says on what the gate runs, and that the lockfile names no registry: it must install from whichever one a user has. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root, runtimePath } from "./runtimes.mjs";

const lockfile = readFileSync(join(root, "pnpm-lock.yaml"), "utf8");
const address = /^.*(?:https?:|tarball:).*$/m.exec(lockfile);
if (address !== null) {
  console.error(`pnpm-lock.yaml names an address: ${address[0].trim()}`);
  process.exitCode = 1;
}

/** @param {"bun" | "deno" | "workerd"} runtime */
function versionOf(runtime) {
  return /\d[\d.-]*\d/.exec(execFileSync(runtimePath(runtime), ["--version"], { encoding: "utf8" }))?.[0];
}
const versions = /** @type {const} */ (["bun", "deno", "workerd"]).map((name) => `${name} ${versionOf(name)}`);
console.log([`node ${process.versions.node}`, ...versions].join(", "));
