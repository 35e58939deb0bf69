import { expect, it } from "vitest";
import { encodeFrame } from "../../src/frame/frame-encoder.ts";
import { OutputBuffer } from "../../src/index.ts";

/** Attaches what is longer. */
class Limited extends OutputBuffer {
  override readonly copyLimit = 4096;
}

/** TypeScript's libraries know resizable memory from ES2024 on. */
const Resizable = ArrayBuffer as unknown as new (length: number, options: { maxByteLength: number }) => ArrayBuffer;

/** The length that a header tells, and how many octets follow it. */
function lengths(bytes: Uint8Array, masked: boolean): readonly [told: number, there: number] {
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const short = words.getUint8(1) & 0x7f;
  const told = short === 127 ? Number(words.getBigUint64(2)) : short === 126 ? words.getUint16(2) : short;
  const header = (short === 127 ? 10 : short === 126 ? 4 : 2) + (masked ? 4 : 0);
  return [told, bytes.length - header];
}

// Compiled code of Node 20 that has seen resizable memory gives a detached array its old length.
it.each([100, 200_000])("a detached payload of %i bytes leaves no header that counts what is not there", (size) => {
  const fixed = new Uint8Array(100);
  const resizable = new Uint8Array(new Resizable(100, { maxByteLength: 200 }));
  const detached = new Uint8Array(new ArrayBuffer(size));
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  for (const key of [undefined, () => 0x01020304]) {
    const output = new Limited();
    for (let i = 0; i < 50_000; i++) {
      encodeFrame(output, key, 0x82, i % 2 === 0 ? fixed : resizable);
      if (i % 100 === 99) output.take();
    }
    try {
      encodeFrame(output, key, 0x82, detached);
    } catch {
      expect(output.take()).toHaveLength(0);
      continue;
    }
    const [told, there] = lengths(output.take(), key !== undefined);
    expect(told).toBe(there);
  }
});
