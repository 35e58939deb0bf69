import type { Runtime } from "@samewire/connection";
import {
  decodeTextByBuffer,
  encodeTextByBuffer,
  keepFreedMemory,
  nodeClock,
  randomFill,
  zlibEngine,
} from "@samewire/node-builtins";

/** What Node gives. */
export const nodeRuntime: Runtime = {
  name: "node",
  clock: nodeClock,
  randomFill,
  deflate: zlibEngine,
  decodeText: decodeTextByBuffer,
  encodeTextInto: encodeTextByBuffer,
  prepare: keepFreedMemory,
};
