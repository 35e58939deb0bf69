import { describe, expect, it } from "vitest";
import { poolContexts } from "../../src/extensions/context-pool.ts";
import { fakeEngine } from "./_fake-engine.ts";

const OPTIONS = { windowBits: 12, level: 1, memLevel: 5 };

describe("poolContexts", () => {
  it("lends a released context again, reset, for the same options only", () => {
    const engine = fakeEngine();
    const pool = poolContexts(engine);
    pool.createDeflater(OPTIONS).release();
    pool.createInflater({ windowBits: 12 }).release();
    expect([engine.resets, engine.released]).toEqual([2, 0]);
    pool.createDeflater(OPTIONS);
    pool.createInflater({ windowBits: 12 });
    expect([engine.deflaters.length, engine.inflaters.length]).toEqual([1, 1]);
    for (const other of [{ windowBits: 13 }, { level: 2 }, { memLevel: 6 }])
      pool.createDeflater({ ...OPTIONS, ...other });
    pool.createInflater({ windowBits: 13 });
    expect([engine.deflaters.length, engine.inflaters.length]).toEqual([4, 2]);
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
    expect([second.pending, second.rest]).toEqual([false, undefined]);
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
