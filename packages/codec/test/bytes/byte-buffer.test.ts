import { describe, expect, it } from "vitest";
import { ByteBuffer } from "../../src/bytes/byte-buffer.ts";

describe("ByteBuffer", () => {
  it("puts pieces of any size together", () => {
    const buffer = new ByteBuffer();
    const expected: number[] = [];
    for (let length = 0; length < 70; length += 7) {
      const piece = Uint8Array.from({ length }, (_, n) => (length + n) & 255);
      expected.push(...piece);
      expect(Array.from(buffer.append(piece).subarray(0, buffer.length))).toEqual(expected);
    }
    expect(buffer.length).toBe(expected.length);
    expect(Array.from(buffer.take())).toEqual(expected);
  });

  it("copies: a piece may change afterwards, and what was taken stays", () => {
    const buffer = new ByteBuffer();
    const piece = Uint8Array.of(1, 2);
    buffer.append(piece);
    piece.fill(9);
    const taken = buffer.take();
    expect(buffer.length).toBe(0);
    buffer.append(Uint8Array.of(3));
    expect(Array.from(taken)).toEqual([1, 2]);
    expect(Array.from(buffer.take())).toEqual([3]);
  });
});
