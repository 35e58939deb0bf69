import type { DeflateEngine, DeflaterOptions } from "@samewire/codec";
import { FastDeflater } from "./fast-deflater.ts";

/** The level that is ours. It takes the place of the libraries' first. */
const FAST_LEVEL = 1;

/** `engine`, with level 1 compressed by {@link FastDeflater}, and all else as it does it. */
export function withFastLevel(engine: DeflateEngine): DeflateEngine {
  const isFast = ({ level }: DeflaterOptions): boolean => level === FAST_LEVEL;
  return {
    name: engine.name,
    decodeSlice: engine.decodeSlice,
    encodeSlice: (options) => (isFast(options) ? FastDeflater.SLICE : engine.encodeSlice(options)),
    deflaterMemory: (options) =>
      isFast(options) ? FastDeflater.memory(options.windowBits) : engine.deflaterMemory(options),
    inflaterMemory: (options) => engine.inflaterMemory(options),
    createDeflater: (options) =>
      isFast(options) ? new FastDeflater(options.windowBits) : engine.createDeflater(options),
    createInflater: (options) => engine.createInflater(options),
  };
}
