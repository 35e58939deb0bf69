import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export const RUNTIMES = ["node", "bun", "deno"] as const;
export type RuntimeName = (typeof RUNTIMES)[number];

const require = createRequire(import.meta.url);

/** The executable itself, not a package manager's wrapper: the process that is measured must be the one that is started. */
function packaged(name: string, ...candidates: readonly string[]): string {
  try {
    const folder = dirname(require.resolve(`${name}/package.json`));
    for (const candidate of candidates) {
      const path = join(folder, candidate);
      if (existsSync(path)) return path;
    }
  } catch {
    // Not installed as a package: the one on PATH, if any.
  }
  return name;
}

const EXECUTABLES: Readonly<Record<RuntimeName, string>> = {
  node: process.execPath,
  bun: packaged("bun", "bin/bun.exe", "bin/bun"),
  deno: packaged("deno", "deno", "deno.exe"),
};

/** The command line that runs `file` under a runtime. */
export function commandFor(runtime: RuntimeName, file: string, args: readonly string[]): readonly string[] {
  const executable = EXECUTABLES[runtime];
  return runtime === "deno"
    ? [executable, "run", "--allow-all", "--quiet", file, ...args]
    : [executable, file, ...args];
}

export function versionOf(runtime: RuntimeName): string | undefined {
  const { stdout } = spawnSync(EXECUTABLES[runtime], ["--version"], { encoding: "utf8" });
  return stdout === null ? undefined : /\d+\.\d+\.\d+\S*/.exec(stdout)?.[0];
}
