/** The port for time: connection sees time only through it, so that tests can own it. */
export interface Clock {
  /** Milliseconds on a clock that never runs backwards. */
  now(): number;
  /** Calls once after `delay` milliseconds. The timer does not keep the process alive. */
  setTimer(callback: () => void, delay: number): unknown;
  clearTimer(timer: unknown): void;
  /** Calls once in the next macrotask: after all microtasks and, where the runtime allows it, after pending input. */
  defer(callback: () => void): void;
}

/** The longest delay that the timers of all runtimes take, in milliseconds: with a longer one they fire at once. */
export const MAX_DELAY: number = 2 ** 31 - 1;
