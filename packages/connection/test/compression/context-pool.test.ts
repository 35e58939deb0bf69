import type { DeflateEngine, Deflater, Inflater } from "@samewire/codec";
import { describe, expect, it } from "vitest";
import { poolContexts } from "../../src/compression/context-pool.ts";

const OPTIONS = { windowBits: 12, level: 1, memLevel: 5 };

/** An engine that counts its contexts, and stores where others compress. */
function fakeEngine() {
  const counts = { deflaters: 0, inflaters: 0, resets: 0, released: 0 };
  const context = (): Deflater & Inflater => ({
    pending: false,
    ended: false,
    overhead: 0,
    history: 0,
    deflate: (piece) => piece.slice(),
    inflate: (piece) => piece.slice(),
    reset: () => void counts.resets++,
    release: () => void counts.released++,
  });
  const engine: DeflateEngine = {
    name: "fake",
    decodeSlice: 65_536,
    encodeSlice: () => 65_536,
    deflaterMemory: ({ windowBits }) => 1 << (windowBits + 2),
    inflaterMemory: ({ windowBits }) => 1 << windowBits,
    createDeflater() {
      counts.deflaters++;
      return context();
    },
    createInflater() {
      counts.inflaters++;
      return context();
    },
  };
  return Object.assign(counts, engine);
}

describe("poolContexts", () => {
  it("lends a released context again, reset, for the same options only", () => {
    const engine = fakeEngine();
    const pool = poolContexts(engine);
    pool.createDeflater(OPTIONS).release();
    pool.createInflater({ windowBits: 12 }).release();
    expect([engine.resets, engine.released]).toEqual([2, 0]);
    pool.createDeflater(OPTIONS);
    pool.createInflater({ windowBits: 12 });
    expect([engine.deflaters, engine.inflaters]).toEqual([1, 1]);
    for (const other of [{ windowBits: 13 }, { level: 2 }, { memLevel: 6 }])
      pool.createDeflater({ ...OPTIONS, ...other });
    pool.createInflater({ windowBits: 13 });
    expect([engine.deflaters, engine.inflaters]).toEqual([4, 2]);
  });

  it("keeps four free contexts of a kind, and releases the others", () => {
    const engine = fakeEngine();
    const pool = poolContexts(engine);
    const lent = Array.from({ length: 6 }, () => pool.createDeflater(OPTIONS));
    for (const deflater of lent) deflater.release();
    expect([engine.resets, engine.released]).toEqual([4, 2]);
  });

  it("ends a loan with its release: the next borrower is not disturbed", () => {
    const engine = fakeEngine();
    const pool = poolContexts(engine);
    const first = pool.createInflater({ windowBits: 9 });
    first.release();
    const second = pool.createInflater({ windowBits: 9 });
    first.release();
    expect(() => first.inflate(new Uint8Array(1), true, 9)).toThrow("released");
    expect(() => first.reset()).toThrow("released");
    expect(second.inflate(new Uint8Array(1), true, 9)?.length).toBe(1);
    expect([second.pending, second.ended, second.overhead, second.history]).toEqual([false, false, 0, 0]);
    second.reset();
    expect(engine.resets).toBe(2);
    const deflater = pool.createDeflater(OPTIONS);
    expect(deflater.deflate(new Uint8Array(3), true).length).toBe(3);
  });

  it("is the engine in all else", () => {
    const engine = fakeEngine();
    const pool = poolContexts(engine);
    expect(pool.name).toBe("fake");
    expect(pool.deflaterMemory(OPTIONS)).toBe(engine.deflaterMemory(OPTIONS));
    expect(pool.inflaterMemory({ windowBits: 9 })).toBe(engine.inflaterMemory({ windowBits: 9 }));
  });
});
