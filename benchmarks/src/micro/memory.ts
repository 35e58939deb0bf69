/** Arrays, views and objects, and reading frame headers. */
import { Buffer } from "node:buffer";
import { bench } from "./harness.ts";

export async function allocate(): Promise<void> {
  const block = new Uint8Array(65_536);
  const buffer = Buffer.from(block.buffer);
  const { buffer: memory } = block;
  const group = "allocate";
  for (const size of [16, 64, 125, 300, 1024, 4096, 16_384, 65_536]) {
    await bench(`${group} ${size}`, "new Uint8Array(n)", () => new Uint8Array(size));
    await bench(`${group} ${size}`, "Buffer.allocUnsafe(n)", () => Buffer.allocUnsafe(size));
    await bench(`${group} ${size}`, "Buffer.allocUnsafeSlow(n)", () => Buffer.allocUnsafeSlow(size));
    await bench(`${group} ${size}`, "new ArrayBuffer(n)", () => new ArrayBuffer(size));
    await bench(`${group} ${size}`, "slice(0, n)", () => block.slice(0, size));
  }
  await bench(`${group} view`, "subarray", () => block.subarray(100, 225));
  await bench(`${group} view`, "Buffer.subarray", () => buffer.subarray(100, 225));
  await bench(`${group} view`, "new Uint8Array(buffer, off, len)", () => new Uint8Array(memory, 100, 125));
  await bench(`${group} view`, "new Uint32Array(buffer)", () => new Uint32Array(memory));
  await bench(`${group} view`, "new DataView(buffer)", () => new DataView(memory));
  await bench(`${group} view`, "Buffer.from(buffer, off, len)", () => Buffer.from(memory, 100, 125));
  await bench(`${group} object`, "literal of 6 fields", () => ({
    fin: true,
    rsv: 0,
    opcode: 1,
    mask: true,
    length: 125,
    at: 6,
  }));
  await bench(`${group} object`, "closure", () => {
    const held = block.length;
    return () => held;
  });
  await bench(`${group} object`, "Promise.resolve", () => Promise.resolve());
}

/** Copies and strings by where source and target lie in their pages: docs/decisions/0015-copy-phase.md. */
export async function copyPhase(): Promise<void> {
  // Large enough that each begins at a page on Bun; elsewhere the distances are off by what the arrays' own are.
  const source = new Uint8Array(73_728).fill(0x61);
  const target = new Uint8Array(81_920);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  for (const size of [1024, 4096, 16_384, 65_536]) {
    const payload = source.subarray(0, size);
    for (const behind of [0, 2, 4, 10, 16, 32, 128]) {
      await bench(`copy-phase ${size}`, `copied to ${behind}`, () => target.set(payload, behind));
    }
    for (const at of [0, 8, 14, 32]) {
      const text = source.subarray(at, at + size);
      await bench(`copy-phase ${size}`, `decoded from ${at}`, () => decoder.decode(text));
    }
  }
}

export async function headers(): Promise<void> {
  const chunk = new Uint8Array(16 * 131);
  for (let at = 0; at < chunk.length; at += 131) chunk.set([0x82, 0x80 | 125, 0x37, 0xfa, 0x21, 0x3d], at);
  const view = new DataView(chunk.buffer);
  const out = { opcode: 0, length: 0, key: 0, at: 0 };
  await bench("header", "16 headers, octets, reused object", () => {
    let sum = 0;
    for (let at = 0; at < chunk.length; ) {
      const first = chunk[at];
      const second = chunk[at + 1];
      let length = second & 127;
      let head = 2;
      if (length === 126) {
        length = (chunk[at + 2] << 8) | chunk[at + 3];
        head = 4;
      } else if (length === 127) {
        length = view.getUint32(at + 2) * 4_294_967_296 + view.getUint32(at + 6);
        head = 10;
      }
      out.opcode = first & 15;
      out.length = length;
      out.key =
        chunk[at + head] | (chunk[at + head + 1] << 8) | (chunk[at + head + 2] << 16) | (chunk[at + head + 3] << 24);
      out.at = at + head + 4;
      sum += out.key;
      at = out.at + length;
    }
    return sum;
  });
  await bench("header", "16 headers, DataView, reused object", () => {
    let sum = 0;
    for (let at = 0; at < chunk.length; ) {
      const both = view.getUint16(at);
      let length = both & 127;
      let head = 2;
      if (length === 126) {
        length = view.getUint16(at + 2);
        head = 4;
      } else if (length === 127) {
        length = view.getUint32(at + 2) * 4_294_967_296 + view.getUint32(at + 6);
        head = 10;
      }
      out.opcode = (both >> 8) & 15;
      out.length = length;
      out.key = view.getInt32(at + head, true);
      out.at = at + head + 4;
      sum += out.key;
      at = out.at + length;
    }
    return sum;
  });
  await bench("header", "16 headers, fresh object each", () => {
    let last: unknown;
    for (let at = 0; at < chunk.length; ) {
      const length = chunk[at + 1] & 127;
      last = { opcode: chunk[at] & 15, length, key: view.getInt32(at + 2, true), at: at + 6 };
      at += 6 + length;
    }
    return last;
  });
  await bench("header", "16 payload subarrays", () => {
    let last: unknown;
    for (let at = 0; at < chunk.length; at += 131) last = chunk.subarray(at + 6, at + 131);
    return last;
  });
}
