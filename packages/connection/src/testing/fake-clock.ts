/** A clock that stands still until it is told: timers and deferred work run when the test says so. */
import type { Clock } from "../clock.ts";

interface FakeTimer {
  readonly due: number;
  readonly callback: () => void;
}

export class FakeClock implements Clock {
  #now = 0;
  #timers = new Set<FakeTimer>();
  #deferred: (() => void)[] = [];

  now(): number {
    return this.#now;
  }

  setTimer(callback: () => void, delay: number): FakeTimer {
    const timer = { due: this.#now + delay, callback };
    this.#timers.add(timer);
    return timer;
  }

  clearTimer(timer: unknown): void {
    this.#timers.delete(timer as FakeTimer);
  }

  defer(callback: () => void): void {
    this.#deferred.push(callback);
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Runs deferred work, and the promises that it settles, until there is none. */
  async settle(): Promise<void> {
    for (let turns = 0; turns < 10_000; turns++) if (!(await this.turn())) return;
    throw new Error("deferred work without end");
  }

  /** One macrotask: what promises do by themselves, then the work deferred until now. False where there was none. */
  async turn(): Promise<boolean> {
    for (let ticks = 0; ticks < 20; ticks++) await undefined;
    const deferred = this.#deferred;
    this.#deferred = [];
    for (const callback of deferred) callback();
    return deferred.length > 0;
  }

  /** Moves time on, timer by timer, and settles after each. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await this.settle();
    for (;;) {
      let next: FakeTimer | undefined;
      for (const timer of this.#timers) if (next === undefined || timer.due < next.due) next = timer;
      if (next === undefined || next.due > end) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.due);
      next.callback();
      await this.settle();
    }
    this.#now = end;
  }

  /** Moves time on without running a timer in between, as when the process was suspended; then runs what is due. */
  async jump(milliseconds: number): Promise<void> {
    this.#now += milliseconds;
    await this.advance(0);
  }
}
