import type { Runtime } from "@samewire/connection";
import { nodeClock, randomFill, zlibEngine } from "@samewire/node-builtins";

/** What Bun gives. */
export const bunRuntime: Runtime = {
  name: "bun",
  clock: nodeClock,
  randomFill,
  deflate: zlibEngine,
};
