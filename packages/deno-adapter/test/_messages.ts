/** Messages at every edge of the length encodings, and what compares them. */
import assert from "node:assert/strict";

const MIB = 1 << 20;

export const SIZES: readonly number[] = [0, 1, 125, 126, 65_535, 65_536, MIB, 16 * MIB];

export function bytesOf(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let index = 0; index < size; index++) bytes[index] = (index * 31 + (index >> 8)) & 0xff;
  return bytes;
}

/** Text of so many bytes in UTF-8, not all of it ASCII. */
export function textOf(size: number): string {
  const wide = "é✓𝄞";
  return size < 9 ? "x".repeat(size) : wide + "x".repeat(size - 9);
}

export function assertSame(actual: unknown, expected: string | Uint8Array): void {
  if (typeof expected === "string") {
    assert.ok(actual === expected, `a text of ${expected.length} units came back otherwise`);
    return;
  }
  const bytes = actual instanceof ArrayBuffer ? new Uint8Array(actual) : (actual as Uint8Array);
  assert.equal(bytes.byteLength, expected.byteLength);
  assert.ok(
    bytes.every((byte, index) => byte === expected[index]),
    `${expected.byteLength} bytes came back otherwise`,
  );
}
