import type { Runtime } from "@samewire/connection";
import { encodeTextByBuffer, nodeClock, randomFill, zlibEngine } from "@samewire/node-builtins";
import { decodeTextOnBun } from "./decode-text.ts";

/** What Bun gives. */
export const bunRuntime: Runtime = {
  name: "bun",
  clock: nodeClock,
  randomFill,
  deflate: zlibEngine,
  decodeText: decodeTextOnBun,
  encodeTextInto: encodeTextByBuffer,
};
