/**
 * The micro-benchmarks: `node|bun|deno run dist/micro.js [group…]`. Each prints its medians to stderr as it goes and
 * one JSON document to stdout at the end; `table.ts` joins those of several runtimes.
 */
import { Buffer } from "node:buffer";
import { bench, report } from "./harness.ts";
import * as kernels from "./kernels.ts";
import * as text from "./text-kernels.ts";

/** Methods of `Buffer` that all three runtimes have and no type declaration names. */
interface BufferSlices {
  utf8Slice(start: number, end: number): string;
  latin1Slice(start: number, end: number): string;
  asciiSlice(start: number, end: number): string;
  utf8Write(text: string, offset: number, length: number): number;
  latin1Write(text: string, offset: number, length: number): number;
}
const slices = (buffer: Buffer): BufferSlices => buffer as unknown as BufferSlices;
const utf8Slice = slices(Buffer.prototype).utf8Slice;

const SIZES = [16, 64, 125, 300, 1024, 16_384] as const;
const KEY = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);

async function unmask(): Promise<void> {
  for (const size of [...SIZES, 65_536]) {
    for (const offset of [2, 6, 8]) {
      if (offset !== 6 && size !== 125 && size !== 16_384) continue;
      const bytes = new Uint8Array((size + 19) & ~3).fill(0x61);
      const view = new DataView(bytes.buffer);
      const words = new Uint32Array(bytes.buffer);
      const group = `unmask ${size}@${offset}`;
      await bench(group, "byte", () => kernels.unmaskByte(bytes, offset, size, KEY));
      await bench(group, "byte x4", () => kernels.unmaskByteUnrolled(bytes, offset, size, KEY));
      await bench(group, "u32 aligned, cached view", () => kernels.unmaskWords(bytes, words, 0, offset, size, KEY));
      await bench(group, "u32 aligned, fresh view", () => kernels.unmaskWordsFreshView(bytes, offset, size, KEY));
      await bench(group, "i32 aligned x8, fresh view", () => kernels.unmaskSignedWords(bytes, offset, size, KEY));
      await bench(group, "DataView", () => kernels.unmaskDataView(view, bytes, offset, size, KEY));
      await bench(group, "DataView x4", () => kernels.unmaskDataViewUnrolled(view, bytes, offset, size, KEY));
      await bench(group, "DataView x4, fresh view", () =>
        kernels.unmaskDataViewUnrolled(new DataView(bytes.buffer), bytes, offset, size, KEY),
      );
      await bench(group, "u64 aligned, fresh view", () => kernels.unmaskBigWords(bytes, offset, size, KEY));
    }
  }
}

async function copyMask(): Promise<void> {
  for (const size of [...SIZES, 65_536]) {
    const from = new Uint8Array(size + 16).fill(0x61);
    const into = new Uint8Array(size + 16);
    const buffer = Buffer.from(from.buffer);
    const group = `copy+mask ${size}`;
    await bench(group, "byte x4", () => kernels.copyMaskByte(from, 6, size, into, 4, KEY));
    await bench(group, "set, then i32", () => kernels.copyThenMask(from, 6, size, into, 4, KEY));
    await bench(group, "DataView x4", () => kernels.copyMaskDataView(from, 6, size, into, 4, KEY));
    await bench(group, "i32 same alignment", () => kernels.copyMaskWords(from, 8, size, into, 4, KEY));
    await bench(`copy ${size}`, "set(subarray)", () => into.set(from.subarray(6, 6 + size), 4));
    await bench(`copy ${size}`, "copyWithin", () => from.copyWithin(0, 6, 6 + size));
    await bench(`copy ${size}`, "Buffer.copy", () => buffer.copy(into, 4, 6, 6 + size));
    await bench(`copy ${size}`, "slice (new array)", () => from.slice(6, 6 + size));
    await bench(`copy ${size}`, "byte loop", () => {
      for (let index = 0; index < size; index += 1) into[4 + index] = from[6 + index];
    });
  }
}

async function utf8(): Promise<void> {
  const fatal = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const loose = new TextDecoder("utf-8", { ignoreBOM: true });
  const { isUtf8: nativeIsUtf8, isAscii: nativeIsAscii } = await import("node:buffer");
  for (const size of SIZES) {
    for (const kind of ["ascii", "mixed"] as const) {
      const unit = kind === "ascii" ? "The quick brown fox " : "naïve café 日本語 😀 ok ";
      const source = Buffer.from(unit.repeat(Math.ceil(size / 10)));
      let end = size;
      while (end > 0 && (source[end] & 0xc0) === 0x80) end -= 1;
      const bytes = new Uint8Array(source.subarray(0, end).buffer.slice(0));
      bytes.set(source.subarray(0, end));
      const exact = bytes.slice(0, end);
      const chunk = new Uint8Array(end + 64);
      chunk.set(exact, 6);
      const buffer = Buffer.from(chunk.buffer);
      const sliced = slices(buffer);
      const view = new DataView(chunk.buffer);
      const stop = 6 + end;
      const valid = `utf8 ${kind} ${size}`;
      if (kind === "ascii") {
        await bench(valid, "ascii byte", () => text.isAsciiByte(chunk, 6, stop));
        await bench(valid, "ascii OR x8", () => text.isAsciiOr(chunk, 6, stop));
        await bench(valid, "ascii DataView", () => text.isAsciiDataView(view, chunk, 6, stop));
        await bench(valid, "ascii words, fresh view", () => text.isAsciiWords(chunk, 6, stop));
        await bench(valid, "node:buffer isAscii(subarray)", () => nativeIsAscii(chunk.subarray(6, stop)));
      }
      await bench(valid, "ranges", () => text.isUtf8(chunk, 6, stop));
      await bench(valid, "automaton", () => text.isUtf8Automaton(chunk, 6, stop));
      await bench(valid, "automaton + words", () => text.isUtf8AutomatonWords(view, chunk, 6, stop));
      await bench(valid, "node:buffer isUtf8(subarray)", () => nativeIsUtf8(chunk.subarray(6, stop)));
      const group = `decode ${kind} ${size}`;
      await bench(group, "TextDecoder fatal(subarray)", () => fatal.decode(chunk.subarray(6, stop)));
      await bench(group, "TextDecoder loose(subarray)", () => loose.decode(chunk.subarray(6, stop)));
      await bench(group, "TextDecoder loose(subarray) + includes(U+FFFD)", () => {
        const decoded = loose.decode(chunk.subarray(6, stop));
        return decoded.includes("\ufffd") ? "" : decoded;
      });
      await bench(group, "TextDecoder fatal(exact)", () => fatal.decode(exact));
      await bench(group, "Buffer.utf8Slice", () => sliced.utf8Slice(6, stop));
      await bench(group, "Buffer.toString(utf8)", () => buffer.toString("utf8", 6, stop));
      await bench(group, "utf8Slice.call(Uint8Array)", () => utf8Slice.call(chunk, 6, stop));
      if (kind === "ascii") {
        await bench(group, "Buffer.latin1Slice", () => sliced.latin1Slice(6, stop));
        await bench(group, "Buffer.asciiSlice", () => sliced.asciiSlice(6, stop));
        await bench(group, "ascii check + latin1Slice", () =>
          text.isAsciiOr(chunk, 6, stop) ? sliced.latin1Slice(6, stop) : "",
        );
        await bench(group, "ascii DataView + latin1Slice", () =>
          text.isAsciiDataView(view, chunk, 6, stop) ? sliced.latin1Slice(6, stop) : "",
        );
        if (size <= 300) await bench(group, "hand loop +=", () => text.asciiLoop(chunk, 6, stop));
        if (size <= 16_384) await bench(group, "fromCharCode.apply", () => text.asciiApply(chunk, 6, stop));
      } else {
        await bench(group, "automaton + utf8Slice", () =>
          text.isUtf8Automaton(chunk, 6, stop) ? sliced.utf8Slice(6, stop) : "",
        );
        await bench(group, "native isUtf8 + utf8Slice", () =>
          nativeIsUtf8(chunk.subarray(6, stop)) ? sliced.utf8Slice(6, stop) : "",
        );
      }
    }
  }
}

async function encode(): Promise<void> {
  const encoder = new TextEncoder();
  for (const size of SIZES) {
    for (const kind of ["ascii", "mixed"] as const) {
      const unit = kind === "ascii" ? "The quick brown fox " : "naïve café 日本語 😀 ok ";
      // Through a Buffer and back: a flat string, as a decoder makes it, not a rope or a slice of one.
      const message = Buffer.from(unit.repeat(size).slice(0, size), "utf16le").toString("utf16le");
      const into = new Uint8Array(size * 3 + 64);
      const buffer = Buffer.from(into.buffer);
      const sliced = slices(buffer);
      const group = `encode ${kind} ${size}`;
      await bench(group, "encodeInto(subarray)", () => encoder.encodeInto(message, into.subarray(4)));
      await bench(group, "encodeInto(whole)", () => encoder.encodeInto(message, into));
      await bench(group, "encode", () => encoder.encode(message));
      await bench(group, "Buffer.write utf8", () => buffer.write(message, 4));
      await bench(group, "Buffer.utf8Write", () => sliced.utf8Write(message, 4, buffer.length - 4));
      await bench(group, "Buffer.byteLength", () => Buffer.byteLength(message));
      if (kind === "ascii") {
        await bench(group, "hand loop", () => text.encodeAscii(message, into, 4));
        await bench(group, "Buffer.latin1Write", () => sliced.latin1Write(message, 4, size));
      }
    }
  }
}

async function allocate(): Promise<void> {
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

async function headers(): Promise<void> {
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

await unmask();
await copyMask();
await utf8();
await encode();
await allocate();
await headers();
report();
