import { type Runtime, readInto } from "@samewire/connection";
import { keepFreedMemory, nodeClock, randomFill, simdMemory, zlibEngine } from "@samewire/node-builtins";

/** What Deno gives: its `node:` modules have timers, randomness and zlib as Node has them. */
export const denoRuntime: Runtime = {
  name: "deno",
  clock: nodeClock,
  randomFill,
  deflate: zlibEngine,
  prepare() {
    keepFreedMemory();
    readInto(simdMemory);
  },
};
