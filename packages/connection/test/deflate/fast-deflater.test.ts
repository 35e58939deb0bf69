import { constants, inflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { FastDeflater } from "../../src/deflate/fast-deflater.ts";

const TAIL = Uint8Array.of(0, 0, 0xff, 0xff);
const encoder = new TextEncoder();

function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % below;
  };
}

/** A connection: what the compressor gives, read by zlib with no more history than was agreed. */
class Wire {
  readonly deflater: FastDeflater;
  readonly #window: number;
  #history: Uint8Array = new Uint8Array(0);

  constructor(windowBits: number) {
    this.deflater = new FastDeflater(windowBits);
    this.#window = 1 << windowBits;
  }

  /** Sends a message in pieces that end at these places, some of them flushed. Gives how long it was compressed. */
  send(message: Uint8Array, ends: readonly number[] = [], flushed: (end: number) => boolean = () => false): number {
    const parts: Uint8Array[] = [];
    let from = 0;
    for (const end of ends) {
      const flush = flushed(end) && end > from;
      const part = this.deflater.deflate(message.subarray(from, end), false, flush).slice();
      if (flush) expect([...part.subarray(-4)]).toEqual([...TAIL]);
      parts.push(part);
      from = end;
    }
    parts.push(this.deflater.deflate(message.subarray(from), true).slice());
    const compressed = Buffer.concat(parts);
    const dictionary = this.#history.length > 0 ? { dictionary: this.#history } : {};
    const finish = { finishFlush: constants.Z_SYNC_FLUSH };
    const inflated = inflateRawSync(Buffer.concat([compressed, TAIL]), { ...finish, ...dictionary });
    if (Buffer.compare(inflated, message) !== 0) throw new Error("it inflates to something else");
    this.#history = Buffer.concat([this.#history, message]).subarray(-this.#window);
    return compressed.length;
  }

  reset(): void {
    this.deflater.reset();
    this.#history = new Uint8Array(0);
  }
}

const KINDS = {
  text: (next: (below: number) => number, size: number) =>
    encoder.encode(
      Array.from({ length: size }, () => ["the", "of", "websocket", "é", "日本", "42"][next(6)]).join(" "),
    ),
  random: (next: (below: number) => number, size: number) => Uint8Array.from({ length: size }, () => next(256)),
  zeros: (_next: (below: number) => number, size: number) => new Uint8Array(size),
  two: (next: (below: number) => number, size: number) => Uint8Array.from({ length: size }, () => 97 + next(2)),
  json: (next: (below: number) => number, size: number) =>
    encoder.encode(JSON.stringify(Array.from({ length: 1 + (size >> 5) }, () => ({ id: next(1e6), ok: next(2) > 0 })))),
  // Each octet half as often as the one before: codes as long as they become.
  steep: (next: (below: number) => number, size: number) =>
    Uint8Array.from({ length: size }, () => Math.clz32(next(1 << 24) + next(2)) * 3),
} as const;

describe("FastDeflater", () => {
  for (const windowBits of [9, 10, 13, 15]) {
    it(`gives what zlib inflates to the same, whatever is sent and however: a window of 2^${windowBits}`, () => {
      const next = generator(windowBits);
      const wire = new Wire(windowBits);
      for (let count = 0; count < 250; count += 1) {
        const kind = Object.values(KINDS)[next(6)] as (typeof KINDS)[keyof typeof KINDS];
        const size = [0, 1, 3, 4, 5, 60, 700, 3000, 9000, 70_000][next(10)] as number;
        const message = kind(next, size);
        const pieces = next(3) === 0 ? next(6) : 0;
        const ends = Array.from({ length: pieces }, () => next(message.length + 1)).sort((one, other) => one - other);
        // An empty message is not for a compressor, nor is an empty end with nothing to flush before it.
        if (message.length === 0) continue;
        wire.send(message, ends, () => next(2) === 0);
        if (next(20) === 0) wire.reset();
      }
    });
  }

  it("refers to what was sent before, and after a reset does not", () => {
    const wire = new Wire(13);
    const message = KINDS.random(generator(1), 1000);
    const first = wire.send(message);
    expect(first).toBeLessThanOrEqual(1006);
    expect(wire.send(message)).toBeLessThan(60);
    wire.reset();
    expect(wire.send(message)).toBe(first);
  });

  it("keeps to the window also where that is smaller than what is looked through at a time", () => {
    const wire = new Wire(9);
    const block = KINDS.random(generator(2), 512);
    // At 512 the first octets are just within reach, farther on they are not; zlib has been given no more.
    wire.send(block);
    expect(wire.send(block)).toBeLessThan(60);
    expect(wire.send(Buffer.concat([block.subarray(0, 100), new Uint8Array(500), block]))).toBeGreaterThan(400);
  });

  it("never grows what does not compress by more than some octets in 32 KiB, whole or in pieces", () => {
    const wire = new Wire(15);
    const message = KINDS.random(generator(3), 200_000);
    expect(wire.send(message)).toBeLessThan(message.length + 50);
    expect(wire.send(message.subarray(0, 60), [20, 40])).toBeLessThan(90);
    // As well where the codes at hand are for something else.
    const other = new Wire(13);
    for (let count = 0; count < 5; count += 1) other.send(KINDS.zeros(generator(4), 5000));
    expect(other.send(message.subarray(0, 5000))).toBeLessThan(5020);
  });

  it("makes codes of its own where they are shorter, and keeps to the fixed ones where they are not", () => {
    const digits = (seed: number, size: number): Uint8Array => {
      const next = generator(seed);
      return Uint8Array.from({ length: size }, () => 48 + next(10));
    };
    const fixed = (compressed: Uint8Array): boolean => (((compressed[0] as number) >> 1) & 3) === 1;
    const deflater = new FastDeflater(13);
    expect(fixed(deflater.deflate(digits(1, 30), true))).toBe(true);
    const long = deflater.deflate(digits(2, 1000), true);
    expect(fixed(long)).toBe(false);
    // Digits at random need 3.32 bits each.
    expect(long.length).toBeLessThan((1000 * 3.5) / 8 + 60);
    expect(fixed(deflater.deflate(digits(3, 30), true))).toBe(true);
  });

  it("makes new codes where something has none", () => {
    const wire = new Wire(13);
    for (const letter of "abcdefgh")
      wire.send(encoder.encode(`${letter.repeat(3)}${"xyz!".repeat(90)}${Math.PI}`.repeat(3)));
  });

  it("goes on where its positions begin anew", () => {
    const wire = new Wire(15);
    const message = KINDS.json(generator(5), 2000);
    // Each reset moves on by a window: after 2^30 positions they begin anew, before the 2^31st that no entry has room for.
    for (let count = 0; count < (1 << 16) + 10; count += 1) {
      wire.reset();
      if (count % 1000 === 0 || Math.abs(count - (1 << 15)) < 10 || count > 1 << 16) {
        wire.send(message);
        expect(wire.send(message)).toBeLessThan(message.length / 10);
      }
    }
  });

  it("does not keep codes for what came long ago, and shares them out among what comes in turn", () => {
    const next = generator(6);
    const letters = (size: number): Uint8Array => Uint8Array.from({ length: size }, () => 97 + next(16));
    const digits = (size: number): Uint8Array => Uint8Array.from({ length: size }, () => 48 + next(10));
    const wire = new Wire(13);
    wire.send(letters(2000));
    for (let count = 0; count < 10; count += 1) wire.send(digits(8000));
    let size = 0;
    for (let count = 0; count < 12; count += 1) size += wire.send(letters(480));
    // 4 bits a letter at best; stored, or in the codes of digits, it would be 8 and more.
    expect(size).toBeLessThan(((12 * 480) / 8) * 4 * 1.35);
    const mixed = new Wire(13);
    let digital = 0;
    for (let count = 0; count < 30; count += 1) {
      mixed.send(letters(700));
      digital += mixed.send(digits(700));
    }
    expect(digital).toBeLessThan(((30 * 700) / 8) * 3.32 * 1.5);
  });

  it("is not judged by what does not compress", () => {
    const wire = new Wire(13);
    const next = generator(7);
    const alone = new Wire(13);
    let beside = 0;
    let by = 0;
    for (let count = 0; count < 20; count += 1) {
      wire.send(KINDS.random(next, 5000));
      const message = KINDS.json(generator(count), 1000);
      beside += wire.send(message);
      alone.reset();
      by += alone.send(message);
    }
    expect(beside).toBeLessThan(by * 1.1);
  });

  it("begins anew where a call before broke off", () => {
    class Broken extends Uint8Array {
      override subarray(from: number, to?: number): Uint8Array<ArrayBuffer> {
        if (from > 60_000) throw new Error("no memory");
        return super.subarray(from, to);
      }
    }
    expect(() => new FastDeflater(13).deflate(new Broken(70_000), true)).toThrow("no memory");
    const message = encoder.encode("hello hello hello");
    new Wire(13).send(message);
  });

  it("takes pieces of all sizes in a call", () => {
    for (const windowBits of [9, 11, 12, 14, 15]) {
      const wire = new Wire(windowBits);
      for (const kind of ["random", "two", "steep"] as const) {
        const all = KINDS[kind](generator(windowBits), 500_000);
        for (const size of [32_767, 65_535, 65_536, 131_072, 500_000]) wire.send(all.subarray(0, size));
      }
    }
  });
});
