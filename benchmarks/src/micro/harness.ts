import { do_not_optimize, measure } from "mitata";

/** What the three runtimes offer beside ECMAScript, reached without importing any of them. */
export interface Globals {
  readonly Bun?: { readonly version: string };
  readonly Deno?: { readonly version: { readonly deno: string }; readonly args: readonly string[] };
  readonly process?: { readonly version: string; readonly argv: readonly string[] };
}
export const globals: Globals = globalThis as unknown as Globals;

/** `node 20.20.2`, `bun 1.4.5`, `deno 2.9.6`. */
export const runtime: string =
  globals.Bun !== undefined
    ? `bun ${globals.Bun.version}`
    : globals.Deno !== undefined
      ? `deno ${globals.Deno.version.deno}`
      : `node ${globals.process?.version.slice(1) ?? ""}`;

/** Payload sizes from a chat message to a large block, octets. */
export const SIZES = [16, 64, 125, 300, 1024, 16_384] as const;

export interface Sample {
  readonly group: string;
  readonly name: string;
  /** Median nanoseconds a call. */
  readonly p50: number;
  readonly p25: number;
  readonly p75: number;
}

const samples: Sample[] = [];
const words = (globals.process?.argv ?? []).slice(2);

/** Whether the command line names the group, or none. */
export function wanted(group: string): boolean {
  return words.length === 0 || words.some((word) => group.includes(word));
}

/** Measures `body` for about `CPU_MS` and keeps its median; groups not named on the command line are left out. */
export async function bench(group: string, name: string, body: () => unknown): Promise<void> {
  if (!wanted(group)) return;
  const stats = await measure(() => do_not_optimize(body()), {
    min_cpu_time: 120e6,
    min_samples: 12,
    batch_samples: 1024,
  } as never);
  record(group, name, stats.p25, stats.p50, stats.p75);
}

/** Keeps what was measured in another way, in nanoseconds. */
export function record(group: string, name: string, p25: number, p50: number, p75: number): void {
  samples.push({ group, name, p50, p25, p75 });
  console.error(`${runtime}  ${group}  ${name}  ${p50.toFixed(1)} ns`);
}

/** Prints everything measured so far as one JSON document. */
export function report(): void {
  console.log(JSON.stringify({ runtime, samples }));
}
