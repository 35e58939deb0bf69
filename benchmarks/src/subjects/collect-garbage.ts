import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

interface BunCollector {
  readonly Bun?: { gc(force: boolean): void };
}

/** Collects garbage on SIGUSR2, for the readings of idle memory: Node, Bun and Deno alike. */
export function collectOnSignal(): void {
  const { Bun } = globalThis as unknown as BunCollector;
  let collect: () => void;
  if (Bun !== undefined) collect = () => Bun.gc(true);
  else {
    const given = (globalThis as unknown as { gc?: () => void }).gc;
    if (given === undefined) setFlagsFromString("--expose-gc");
    collect = given ?? (runInNewContext("gc") as () => void);
  }
  process.on("SIGUSR2", () => collect());
}
