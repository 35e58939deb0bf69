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
 * The package that holds a runtime's binary for this platform, and the binary in it. The platform's own package and not
 * the one users know: it needs no install script.
 *
 * @param {string} runtime
 * @returns {{ name: string, binary: string }}
 */
function platformPackage(runtime) {
  const { platform, arch } = process;
  switch (runtime) {
    case "node":
      return { name: `node-${platform === "win32" ? "win" : platform}-${arch}`, binary: `bin/node${exe}` };
    case "bun": {
      const cpu = arch === "arm64" ? "aarch64" : arch;
      return { name: `@oven/bun-${platform === "win32" ? "windows" : platform}-${cpu}`, binary: `bin/bun${exe}` };
    }
    case "deno":
      return { name: `@deno/${platform}-${arch}${platform === "linux" ? "-glibc" : ""}`, binary: `deno${exe}` };
    default:
      throw new Error(`no versions of "${runtime}" to choose from: node, bun or deno`);
  }
}

/**
 * The binary of another version of a runtime, installed from npm into `.cache/runtimes` on first use.
 *
 * @param {string} runtime
 * @param {string} version
 * @returns {string}
 */
export function versionedRuntimePath(runtime, version) {
  if (runtime === "node" && process.versions.node.split(".")[0] === version.split(".")[0]) return process.execPath;
  const { name, binary } = platformPackage(runtime);
  const folder = join(root, ".cache/runtimes", `${runtime}-${version}`);
  const path = join(folder, "node_modules", name, binary);
  if (existsSync(path)) return path;
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
  return path;
}
