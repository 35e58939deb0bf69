/** How to call pnpm from a script: `pnpm run` puts it on the PATH; without it, npx brings the very version. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./runtimes.mjs";
import { findTool } from "./system-tools.mjs";

const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** The words before pnpm's own arguments. @returns {readonly [string, ...string[]]} */
export function pnpmCommand() {
  const isOnPath = spawnSync("pnpm", ["--version"], { stdio: "ignore" }).error === undefined;
  return isOnPath ? ["pnpm"] : ["npx", "--yes", packageManager];
}

/** Where pnpm itself is, for those who signal it: npx passes no signal on. @returns {string} */
export function pnpmPath() {
  const installed = findTool("pnpm");
  if (installed !== undefined) return installed;
  const words = ["--yes", `--package=${packageManager}`, "-c", "command -v pnpm"];
  return execFileSync("npx", words, { encoding: "utf8" }).trim();
}
