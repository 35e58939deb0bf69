/** pako, with what it was made to do: how a test tells whether contexts were made, and how much went through them. */
import type { DeflateEngine, Deflater, Inflater } from "@samewire/codec";
import { pakoEngine } from "../../src/compression/pako-engine.ts";

/** Bytes that may be compressed at a time. */
export const SLICE: number = 16 * 1024;

export interface Counts {
  deflaters: number;
  inflaters: number;
  /** Bytes given to compressors, one entry a call. */
  deflated: number[];
  /** Bytes that came out of inflaters, in all. */
  inflated: number;
  /** The bound of each call of an inflater, and the length of what came out. */
  bounds: (readonly [max: number, output: number])[];
}

export function countingEngine(): { readonly counts: Counts; readonly engine: DeflateEngine } {
  const pako = pakoEngine();
  const counts: Counts = { deflaters: 0, inflaters: 0, deflated: [], inflated: 0, bounds: [] };
  const engine: DeflateEngine = {
    ...pako,
    // As when its code is warm, whatever ran before.
    encodeSlice: () => SLICE,
    createDeflater(options): Deflater {
      counts.deflaters += 1;
      const inner = pako.createDeflater(options);
      return {
        deflate(piece, last, flush) {
          counts.deflated.push(piece.length);
          return inner.deflate(piece, last, flush);
        },
        reset: () => inner.reset(),
        release: () => inner.release(),
      };
    },
    createInflater(options): Inflater {
      counts.inflaters += 1;
      const inner = pako.createInflater(options);
      return {
        get pending() {
          return inner.pending;
        },
        get ended() {
          return inner.ended;
        },
        get overhead() {
          return inner.ended ? inner.history : 0;
        },
        get history() {
          return inner.history;
        },
        inflate(piece, last, max) {
          const output = inner.inflate(piece, last, max);
          counts.inflated += output?.length ?? 0;
          counts.bounds.push([max, output?.length ?? 0]);
          return output;
        },
        reset: () => inner.reset(),
        release: () => inner.release(),
      };
    },
  };
  return { counts, engine };
}
