import type { Clock } from "@samewire/connection";

/** The {@link Clock} port over Node's timers, which Bun and Deno have alike. */
export const nodeClock: Clock = {
  now: () => performance.now(),
  setTimer: (callback, delay) => setTimeout(callback, delay).unref(),
  clearTimer: (timer) => clearTimeout(timer as NodeJS.Timeout),
  // After the poll phase: everything that is readable now has been read before it runs.
  defer: (callback) => {
    setImmediate(callback);
  },
};

/** Resolves after this many milliseconds. Unlike a timer of {@link nodeClock}, it keeps the process until then. */
export function stayFor(delay: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, delay));
}
