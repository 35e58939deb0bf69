/** UTF-8: checking, decoding and encoding it. */
import { Buffer } from "node:buffer";
import { bench, SIZES } from "./harness.ts";
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

export async function utf8(): Promise<void> {
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

export async function encode(): Promise<void> {
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
