/** How to call pnpm from a script: `pnpm run` puts it on the PATH; without it, npx brings the very version. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./runtimes.mjs";

/** The words before pnpm's own arguments. @returns {readonly [string, ...string[]]} */
export function pnpmCommand() {
  const isOnPath = spawnSync("pnpm", ["--version"], { stdio: "ignore" }).error === undefined;
  if (isOnPath) return ["pnpm"];
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return ["npx", "--yes", packageManager];
}
