import { describe, expect, it, vi } from "vitest";

const kernel = vi.hoisted(() => ({ mask: undefined as import("@samewire/codec").MaskKernel | undefined }));
vi.mock("@samewire/codec", async (original) => ({
  ...(await original<typeof import("@samewire/codec")>()),
  useMaskKernel(mask: import("@samewire/codec").MaskKernel) {
    kernel.mask = mask;
  },
}));

const { simdMemory } = await import("../src/simd-memory.ts");

const KEY = 0x8421_c3a5 | 0;

/** Octet by octet, as RFC 6455 section 5.3 has it. */
function masked(bytes: Uint8Array): Uint8Array {
  return bytes.map((octet, at) => octet ^ (KEY >>> (8 * (at & 3))));
}

describe("simdMemory", () => {
  const memory = simdMemory(256 * 1024);
  const mask = kernel.mask as import("@samewire/codec").MaskKernel;

  it("masks as section 5.3 has it, from any offset, all but less than 64 octets, and nothing beyond", () => {
    for (const offset of [0, 1, 2, 3, 8, 14, 63, 65]) {
      for (const length of [256, 257, 300, 319, 320, 321, 1000, 4096, 65_535, 100_001]) {
        const before = memory.map((_, at) => at * 7);
        memory.set(before);
        const stop = mask(memory, offset, offset + length, KEY);
        expect(length - (stop - offset)).toBeLessThan(64);
        const expected = before.slice();
        expected.set(masked(before.slice(offset, stop)), offset);
        expect(Buffer.compare(memory, expected)).toBe(0);
      }
    }
  });

  it("does not touch other memory", () => {
    const other = new Uint8Array(1000);
    expect(mask(other, 10, 900, KEY)).toBe(10);
    expect(other.every((octet) => octet === 0)).toBe(true);
  });

  it("gives each its own part, and arrays of their own when all is given out", () => {
    const parts = Array.from({ length: 40 }, () => simdMemory(256 * 1024));
    const starts = parts.filter(({ buffer }) => buffer === memory.buffer).map(({ byteOffset }) => byteOffset);
    expect(starts).toEqual(Array.from({ length: 31 }, (_, index) => (index + 1) * 256 * 1024));
    const [last] = parts.slice(-1);
    expect(last?.buffer.byteLength).toBe(256 * 1024);
  });
});
