import { expect, it } from "vitest";
import { ReadBuffer, readInto } from "../src/read-buffer.ts";

/** Plays reads of these sizes, each of which must fit, and tells the memory after each. */
function sizesAfter(buffer: ReadBuffer, reads: readonly number[]): number[] {
  return reads.map((count) => {
    expect(count).toBeLessThanOrEqual(buffer.bytes.length);
    buffer.advance(count);
    return buffer.bytes.length;
  });
}

it("holds 1 KiB until a read fills it, and again after a small one", () => {
  const buffer = new ReadBuffer();
  expect(buffer.bytes.length).toBe(1024);
  expect(sizesAfter(buffer, [10, 1023, 1024, 65_536, 262_144, 262_144, 100])).toEqual([
    1024, 1024, 65_536, 262_144, 262_144, 262_144, 65_536,
  ]);
  expect(sizesAfter(buffer, [100])).toEqual([1024]);
  buffer.release();
});

it("is as large as the last burst, so that the next one takes one read", () => {
  const buffer = new ReadBuffer();
  // 2 KiB in two reads, then in one.
  expect(sizesAfter(buffer, [1024, 1072, 2096, 2096])).toEqual([65_536, 4096, 4096, 4096]);
  // The size counts from the end of the last burst, also over a buffer that was filled on the way.
  expect(sizesAfter(buffer, [4096, 900, 4996])).toEqual([65_536, 16_384, 16_384]);
  buffer.release();
});

it("bounds what silent connections hold together, and gives it back", () => {
  const buffers = Array.from({ length: 200 }, () => new ReadBuffer());
  for (const buffer of buffers) sizesAfter(buffer, [1024, 40_000]);
  const held = (): number => buffers.filter(({ bytes }) => bytes.length > 1024).length;
  expect(held()).toBe(64);
  for (const buffer of buffers.slice(0, 64)) buffer.release();
  for (const buffer of buffers.slice(100)) sizesAfter(buffer, [1024, 40_000]);
  expect(buffers.slice(100).filter(({ bytes }) => bytes.length > 1024).length).toBe(64);
  for (const buffer of buffers.slice(64)) buffer.release();
});

it("never loses a part of the memory it was given, however many bursts there were at once", () => {
  const memory = new ArrayBuffer(32 * 1024 * 1024);
  let used = 0;
  readInto((size) => {
    const part = new Uint8Array(memory, used, size);
    used += size;
    return part;
  });
  const crowd = (): void => {
    const buffers = Array.from({ length: 60 }, () => new ReadBuffer());
    for (const buffer of buffers) sizesAfter(buffer, [1024, 65_536, 262_144]);
    for (const buffer of buffers) buffer.release();
  };
  for (let round = 0; round < 6; round++) crowd();
  expect(used).toBeGreaterThan(8 * 1024 * 1024);
  // What they ever had at once, and no more.
  expect(used).toBeLessThanOrEqual(60 * 262_144 + 65_536);
});
