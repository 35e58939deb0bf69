/** Where the runtimes are: all of them npm packages, so that one lockfile fixes what everything here was proven on. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** The Node lines the matrix runs. The line of the Node that runs the script is taken from that Node itself. */
export const nodeVersions = { 20: "20.20.2", 22: "22.23.3", 24: "24.21.0", 26: "26.10.0" };

const exe = process.platform === "win32" ? ".exe" : "";

/**
 * The native binary of a runtime. Not the wrapper in `node_modules/.bin`: Deno's is a Node process that waits
 * synchronously for its child, so a signal sent to it would never reach the server.
 *
 * @param {"node" | "bun" | "deno" | "workerd"} runtime
 * @returns {string}
 */
export function runtimePath(runtime) {
  switch (runtime) {
    case "node":
      return process.execPath;
    case "bun":
      return join(root, "node_modules/bun/bin/bun.exe");
    case "deno":
      return join(root, `node_modules/deno/deno${exe}`);
    case "workerd":
      return join(root, `node_modules/workerd/bin/workerd${exe}`);
    default:
      throw new Error(`unknown runtime "${runtime}": node, bun, deno or workerd`);
  }
}

/**
 * The binary of another Node line, installed from its npm package into `.cache/node` on first use.
 *
 * @param {keyof typeof nodeVersions} line
 * @returns {string}
 */
export function nodePath(line) {
  if (process.versions.node.startsWith(`${line}.`)) return process.execPath;
  const version = nodeVersions[line];
  const platform = process.platform === "win32" ? "win" : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const folder = join(root, ".cache/node", version);
  const binary = join(folder, "node_modules", name, process.platform === "win32" ? "bin/node.exe" : "bin/node");
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), `${JSON.stringify({ private: true })}\n`);
  // npm comes with Node, whatever started this script; `--prefix` keeps it out of the workspace.
  execFileSync(
    "npm",
    ["install", "--prefix", folder, "--no-audit", "--no-fund", "--loglevel=error", `${name}@${version}`],
    {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
      shell: process.platform === "win32",
    },
  );
  return binary;
}
