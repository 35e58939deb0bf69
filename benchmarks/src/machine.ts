import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, release, totalmem, type } from "node:os";
import { RUNTIMES, versionOf } from "./runtimes.ts";

/** What the figures depend on; nothing that names the machine. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly pinned: boolean;
  readonly cpuTimes: boolean;
  readonly versions: Readonly<Record<string, string>>;
}

const require = createRequire(import.meta.url);

/** Whether a process can be bound to a core: needs `taskset` and a second core to keep the driver off it. */
export const canPin: boolean = cpus().length > 1 && spawnSync("taskset", ["-c", "0", "true"]).status === 0;

export function describeMachine(): Machine {
  const versions: Record<string, string> = {};
  for (const runtime of RUNTIMES) versions[runtime] = versionOf(runtime) ?? "not installed";
  for (const name of ["ws", "bufferutil", "utf-8-validate", "undici"]) {
    versions[name] = (require(`${name}/package.json`) as { version: string }).version;
  }
  let cpuTimes = true;
  try {
    readFileSync("/proc/self/stat");
  } catch {
    cpuTimes = false;
  }
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 1_073_741_824),
    kernel: `${type()} ${release().split("-")[0]}`,
    pinned: canPin,
    cpuTimes,
    versions,
  };
}
