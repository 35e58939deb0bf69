import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { canPin } from "./machine.ts";

/** The subject on one core and the driver on another: neither takes time from the other. */
export const SUBJECT_CORE = 1;
export const DRIVER_CORE = 0;

const FIRST_LINE_MS = 15_000;
const TERMINATE_MS = 1_500;

const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

export interface Started {
  readonly child: ChildProcess;
  readonly pid: number;
  /** The next line of its standard output, or undefined when it ended. */
  nextLine(): Promise<string | undefined>;
  /** What it wrote to standard error so far (the last 4,000 characters). */
  complaints(): string;
}

export function start(command: readonly string[], core: number, env: Readonly<Record<string, string>> = {}): Started {
  const [program, ...args] = canPin ? ["taskset", "-c", String(core), ...command] : command;
  const child = spawn(program as string, args, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", ...env },
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-4000);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    // `taskset` becomes the program it starts (exec), so the id is the program's.
    pid: child.pid ?? 0,
    nextLine: async () => {
      const next = await lines.next();
      return next.done === true ? undefined : next.value;
    },
    complaints: () => errors,
  };
}

/** Waits for the line `{"port":…}` that a server subject, or the driver in the client role, prints. */
export async function announcedPort(started: Started, what: string): Promise<number> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), FIRST_LINE_MS);
  });
  const line = await Promise.race([started.nextLine(), late]);
  clearTimeout(timer);
  if (line === undefined) throw new Error(`${what} did not start: ${started.complaints()}`);
  return (JSON.parse(line) as { port: number }).port;
}

/** SIGTERM, and SIGKILL to one that does not heed it; resolves when the process is gone. */
export async function stop({ child }: Started): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), TERMINATE_MS);
  await gone;
  clearTimeout(timer);
}
