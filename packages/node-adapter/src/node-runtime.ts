import type { Runtime } from "@samewire/connection";
import { keepFreedMemory, nodeClock, randomFill, zlibEngine } from "@samewire/node-builtins";

/** What Node gives. */
export const nodeRuntime: Runtime = {
  name: "node",
  clock: nodeClock,
  randomFill,
  deflate: zlibEngine,
  prepare: keepFreedMemory,
};
