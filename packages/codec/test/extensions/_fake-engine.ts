/** A DEFLATE engine for tests of what surrounds it: it stores and does not compress, with the same bytes in both directions. */
import type { DeflateEngine, DeflaterOptions, InflaterOptions } from "../../src/extensions/deflate-engine.ts";

export interface FakeEngine extends DeflateEngine {
  /** The options of each context that was made. */
  readonly deflaters: DeflaterOptions[];
  readonly inflaters: InflaterOptions[];
  /** How many contexts were reset, and how many released. */
  resets: number;
  released: number;
}

export function fakeEngine(): FakeEngine {
  const engine: FakeEngine = {
    name: "fake",
    decodeSlice: 65_536,
    encodeSlice: () => 65_536,
    deflaters: [],
    inflaters: [],
    resets: 0,
    released: 0,
    deflaterMemory: ({ windowBits }) => 1 << (windowBits + 2),
    inflaterMemory: ({ windowBits }) => 1 << windowBits,
    createDeflater(options) {
      engine.deflaters.push(options);
      return {
        deflate: (piece) => piece.slice(),
        reset: () => {
          engine.resets += 1;
        },
        release: () => {
          engine.released += 1;
        },
      };
    },
    createInflater(options) {
      engine.inflaters.push(options);
      return {
        pending: false,
        ended: false,
        overhead: 0,
        history: 0,
        inflate: (piece) => piece.slice(),
        reset: () => {
          engine.resets += 1;
        },
        release: () => {
          engine.released += 1;
        },
      };
    },
  };
  return engine;
}
