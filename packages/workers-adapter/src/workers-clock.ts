import type { Clock } from "@samewire/connection";

/**
 * The Clock port of workerd. Time stands still there while code runs and moves on with every I/O event, which is all
 * that deadlines need; and nothing of it may be asked for while a module loads.
 */
export const workersClock: Clock = {
  now: () => Date.now(),
  setTimer: (callback, delay) => setTimeout(callback, delay),
  clearTimer: (timer) => clearTimeout(timer as number),
  defer: (callback) => {
    setImmediate(callback);
  },
};
