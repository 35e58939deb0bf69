import { describe, expect, it } from "vitest";
import { maskInPlace, maskInto, rotateKey, useMaskKernel } from "../../src/frame/masking.ts";

const KEY_BYTES = [0x37, 0xfa, 0x21, 0x3d];
const KEY = 0x3d21fa37;

function reference(bytes: Uint8Array): Uint8Array {
  return bytes.map((octet, i) => octet ^ (KEY_BYTES[i & 3] as number));
}

function sample(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + 7) & 0xff);
}

const LENGTHS = [...Array.from({ length: 68 }, (_, i) => i), 255, 1000, 1535, 1536, 1537, 1540, 4099];

describe("maskInPlace (RFC 6455 5.3)", () => {
  it("MK-7 equals the octet-wise reference for every length and alignment, and touches nothing else", () => {
    for (const length of LENGTHS) {
      for (let offset = 0; offset < 8; offset++) {
        const room = new Uint8Array(length + 16).fill(0xaa);
        // Once as a view of its own at an odd place, once as a part of a larger array.
        const view = room.subarray(offset, offset + length);
        view.set(sample(length));
        maskInPlace(view, 0, length, KEY);
        expect(Buffer.compare(view, reference(sample(length))), `${length} at ${offset}`).toBe(0);
        maskInPlace(room, offset, offset + length, KEY);
        expect(Buffer.compare(room.subarray(offset, offset + length), sample(length))).toBe(0);
        expect(room.subarray(0, offset).every((octet) => octet === 0xaa)).toBe(true);
        expect(room.subarray(offset + length).every((octet) => octet === 0xaa)).toBe(true);
      }
    }
  });

  it("MK-7 gives the same in pieces, with the key rotated for each", () => {
    const length = 3001;
    for (const cut of [1, 2, 3, 5, 64, 1537]) {
      const bytes = sample(length);
      for (let at = 0; at < length; at += cut) maskInPlace(bytes, at, Math.min(length, at + cut), rotateKey(KEY, at));
      expect(Buffer.compare(bytes, reference(sample(length))), `pieces of ${cut}`).toBe(0);
    }
  });

  it("MK-6 changes nothing with the key 0", () => {
    const bytes = sample(100);
    maskInPlace(bytes, 0, 100, 0);
    expect(bytes).toEqual(sample(100));
  });
});

describe("maskInto", () => {
  it("copies masked and leaves the source alone, for every length and place", () => {
    for (const length of LENGTHS) {
      for (const from of [0, 3]) {
        const source = sample(length + from).subarray(from);
        const before = source.slice();
        const target = new Uint8Array(length + 10).fill(0xbb);
        maskInto(target, 5, source, KEY);
        expect(Buffer.compare(target.subarray(5, 5 + length), reference(before))).toBe(0);
        expect([...target.subarray(0, 5), ...target.subarray(5 + length)]).toEqual(Array(10).fill(0xbb));
        expect(Buffer.compare(source, before)).toBe(0);
      }
    }
  });
});

describe("useMaskKernel", () => {
  it("has the kernel begin what is worth a call, and does the rest", () => {
    const calls: [length: number, stop: number][] = [];
    const mine = new ArrayBuffer(70_000);
    useMaskKernel((bytes, start, end, key) => {
      if (bytes.buffer !== mine) return start;
      const stop = end - ((end - start) % 64);
      for (let at = start; at < stop; at++) bytes[at] = (bytes[at] as number) ^ (key >>> (8 * ((at - start) & 3)));
      calls.push([end - start, stop - start]);
      return stop;
    });
    for (const length of LENGTHS.filter((one) => one < 65_000)) {
      for (const bytes of [new Uint8Array(mine, 5, length), new Uint8Array(length)]) {
        bytes.set(sample(length));
        maskInPlace(bytes, 0, length, KEY);
        expect(Buffer.compare(bytes, reference(sample(length)))).toBe(0);
      }
    }
    expect(calls.length).toBeGreaterThan(0);
    expect(calls.every(([length]) => length >= 256)).toBe(true);
    useMaskKernel((_bytes, start) => start);
  });
});
