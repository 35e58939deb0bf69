import type { CommonJob, Outcome } from "./job.ts";
import { type ProcessSample, sampleProcess } from "./process-sample.ts";

const MAX_LATENCIES = 1 << 20;
const PROLONGED = 4;
const STEP_MS = 50;

/**
 * The measured window: opened once the load runs and is warm, closed by time or by count. Everything that is counted
 * outside of it is dropped.
 */
export class Window {
  messages = 0;
  sent = 0;
  received = 0;
  measuring = false;
  readonly #job: CommonJob;
  readonly #latencies = new Float64Array(MAX_LATENCIES);
  #latencyCount = 0;
  #openedAt = 0;
  #pid: number;
  #before: ProcessSample | undefined;
  #driverBefore: NodeJS.CpuUsage | undefined;

  constructor(job: CommonJob) {
    this.#job = job;
    this.#pid = job.pid;
  }

  /** Warms up, opens the window, and resolves when it is long enough; `isOver` ends the waiting. */
  async run(isOver: () => boolean): Promise<void> {
    const { warmMs, measureMs } = this.#job;
    await this.#spend(warmMs, isOver);
    if (isOver()) return;
    this.open();
    await this.#spend(measureMs, isOver);
  }

  async #spend(milliseconds: number, isOver: () => boolean): Promise<void> {
    const goal = this.#cpuSeconds() + this.#job.cpuGoal;
    const begun = performance.now();
    const limit = milliseconds * PROLONGED;
    let wait = milliseconds;
    while (!isOver()) {
      await new Promise((resolve) => setTimeout(resolve, wait));
      // Without a `/proc` the sum is NaN and the comparison false: the window keeps its length.
      if (!(this.#cpuSeconds() < goal) || performance.now() - begun >= limit) return;
      wait = STEP_MS;
    }
  }

  #cpuSeconds(): number {
    const { user, system } = sampleProcess(this.#pid);
    return user + system;
  }

  watch(pid: number): void {
    this.#pid = pid;
  }

  open(): void {
    this.messages = 0;
    this.sent = 0;
    this.received = 0;
    this.#latencyCount = 0;
    this.measuring = true;
    this.#before = sampleProcess(this.#pid);
    this.#driverBefore = process.cpuUsage();
    this.#openedAt = performance.now();
  }

  /** Seconds since the window was opened. */
  elapsed(): number {
    return (performance.now() - this.#openedAt) / 1000;
  }

  latency(milliseconds: number): void {
    // Beyond a million bursts the oldest are overwritten: the percentiles then speak of the window's end.
    this.#latencies[this.#latencyCount % MAX_LATENCIES] = milliseconds * 1000;
    this.#latencyCount += 1;
  }

  close(extensions: string): Outcome {
    if (this.messages === 0) throw new Error("nothing came back while it was measured");
    const seconds = this.elapsed();
    const after = sampleProcess(this.#pid);
    const driver = process.cpuUsage(this.#driverBefore);
    const before = this.#before as ProcessSample;
    const latencies = this.#latencies.subarray(0, Math.min(this.#latencyCount, MAX_LATENCIES)).sort();
    const at = (share: number): number | null => latencies[Math.floor((latencies.length - 1) * share)] ?? null;
    this.measuring = false;
    return {
      messages: this.messages,
      seconds,
      userSeconds: after.user - before.user,
      systemSeconds: after.system - before.system,
      driverSeconds: (driver.user + driver.system) / 1e6,
      p50: at(0.5),
      p99: at(0.99),
      rss: after.rss,
      sent: this.sent,
      received: this.received,
      extensions,
    };
  }
}
