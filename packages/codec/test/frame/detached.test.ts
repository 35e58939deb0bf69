import { expect, it } from "vitest";
import { encodeFrame } from "../../src/frame/frame-encoder.ts";
import { OutputBuffer } from "../../src/index.ts";

// Compiled code of Node 20 that has seen resizable memory gives a detached array its old length.
it.each([100, 200_000])("a detached payload of %i bytes leaves no header that counts it", (size) => {
  const fixed = new Uint8Array(100);
  const resizable = new Uint8Array(new ArrayBuffer(100, { maxByteLength: 200 }));
  const detached = new Uint8Array(new ArrayBuffer(size));
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  for (const key of [undefined, () => 0x01020304]) {
    const output = new OutputBuffer();
    for (let i = 0; i < 50_000; i++) {
      encodeFrame(output, key, 0x82, i % 2 === 0 ? fixed : resizable);
      if (i % 100 === 99) output.take();
    }
    let sent = true;
    try {
      encodeFrame(output, key, 0x82, detached);
    } catch {
      sent = false;
    }
    const empty = key === undefined ? [0x82, 0] : [0x82, 0x80, 4, 3, 2, 1];
    expect([...output.take()]).toEqual(sent ? empty : []);
  }
});
