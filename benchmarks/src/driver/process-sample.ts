import { readFileSync } from "node:fs";

export interface ProcessSample {
  /** Seconds since the process started, all threads. */
  readonly user: number;
  readonly system: number;
  /** Resident bytes. */
  readonly rss: number;
}

// `getconf CLK_TCK` is 100 on every Linux that Node, Bun or Deno run on: the kernel's user-visible unit, not its timer.
const TICKS_PER_SECOND = 100;

/** Reads a process's CPU time and memory from `/proc`; without a `/proc` every figure is NaN, and the report says so. */
export function sampleProcess(pid: number): ProcessSample {
  let stat: string;
  let status: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    status = readFileSync(`/proc/${pid}/status`, "latin1");
  } catch {
    return { user: Number.NaN, system: Number.NaN, rss: Number.NaN };
  }
  // The second field is the command in parentheses, which may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const resident = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
  return {
    user: Number(fields[11]) / TICKS_PER_SECOND,
    system: Number(fields[12]) / TICKS_PER_SECOND,
    rss: Number(resident) * 1024,
  };
}
