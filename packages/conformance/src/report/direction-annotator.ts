/**
 * Turns the bytes that one side sent into log entries: a head, frames, and whatever fits neither. It judges nothing: a
 * frame that breaks every rule is shown as it was. Payloads may be fed in part (`skip`), so that a log may keep only
 * the start of a large chunk.
 */

import type { BytesEntry, FrameEntry, HeadEntry, LogEntry, WireSide } from "./report-model.ts";

/** Bytes of a payload or of plain bytes that an entry keeps. */
export const SHOWN_BYTES = 64;
/** Bytes of a head that an entry keeps. */
export const SHOWN_HEAD_BYTES = 2048;
/** A head that is longer than this without an empty line is no longer looked for its end. */
const HEAD_SEARCH_LIMIT = 1 << 20;

type Entry = FrameEntry | HeadEntry | BytesEntry;

interface OpenFrame {
  readonly header: Uint8Array;
  readonly lengthBits: 7 | 16 | 64;
  readonly length: bigint;
  readonly maskingKey: Uint8Array | undefined;
  readonly shown: number[];
  seen: bigint;
}

/** `head` first, then frames; `frames` from the start (a server's 101 was seen elsewhere); `bytes`: no decoding. */
export type AnnotatorStart = "head" | "frames" | "bytes";

export class DirectionAnnotator {
  readonly #side: WireSide;
  readonly #emit: (entry: LogEntry) => void;
  #mode: AnnotatorStart;
  #at = 0;
  #head: number[] = [];
  #headLength = 0;
  #headTail = 0;
  #header: number[] = [];
  #frame: OpenFrame | undefined;
  #plain: number[] = [];
  #plainLength = 0;

  constructor(side: WireSide, start: AnnotatorStart, emit: (entry: LogEntry) => void) {
    this.#side = side;
    this.#mode = start;
    this.#emit = emit;
  }

  /** Takes the bytes of one write or read; `at` is in milliseconds since the case began. */
  feed(bytes: Uint8Array, at: number): void {
    this.#at = at;
    let offset = 0;
    while (offset < bytes.length) {
      if (this.#mode === "head") offset = this.#takeHead(bytes, offset);
      else if (this.#mode === "frames") offset = this.#takeFrame(bytes, offset);
      else offset = this.#takePlain(bytes, offset);
    }
    this.#flushPlain();
  }

  /** Counts bytes that were on the wire but were not kept. Inside a payload nothing is lost by that but their values. */
  skip(count: number, at: number): void {
    this.#at = at;
    const frame = this.#frame;
    if (this.#mode === "frames" && frame !== undefined) {
      const rest = frame.length - frame.seen;
      const inFrame = BigInt(count) < rest ? BigInt(count) : rest;
      frame.seen += inFrame;
      if (frame.seen === frame.length) this.#endFrame();
      if (inFrame < BigInt(count)) this.#lose(count - Number(inFrame));
      return;
    }
    this.#lose(count);
  }

  /** Reports what is unfinished: call it when the side has ended or the case is over. */
  end(at: number): void {
    this.#at = at;
    if (this.#mode === "head" && this.#headLength > 0) this.#endHead(true);
    if (this.#frame !== undefined) this.#endFrame();
    if (this.#header.length > 0) {
      this.#plain.push(...this.#header);
      this.#plainLength += this.#header.length;
      this.#header = [];
    }
    this.#flushPlain();
  }

  #lose(count: number): void {
    if (count === 0) return;
    this.#plainLength += count;
    if (this.#mode === "head") this.#endHead(true);
    this.#mode = "bytes";
    this.#flushPlain();
  }

  #takeHead(bytes: Uint8Array, start: number): number {
    let offset = start;
    while (offset < bytes.length) {
      const byte = bytes[offset++] as number;
      this.#headLength += 1;
      if (this.#head.length < SHOWN_HEAD_BYTES) this.#head.push(byte);
      this.#headTail = ((this.#headTail << 8) | byte) >>> 0;
      if (this.#headTail === 0x0d0a0d0a) {
        this.#endHead(false);
        return offset;
      }
      if (this.#headLength >= HEAD_SEARCH_LIMIT) {
        this.#endHead(true);
        return offset;
      }
    }
    return offset;
  }

  #endHead(unfinished: boolean): void {
    const text = String.fromCharCode(...this.#head);
    const base = { type: "head", at: this.#at, side: this.#side, text, length: this.#headLength } as const;
    this.#emit(unfinished ? { ...base, unfinished } : base);
    this.#head = [];
    this.#headLength = 0;
    this.#headTail = 0;
    // An interim response (1xx other than 101) is followed by another head; a refusal by a body; an upgrade by frames.
    const status = /^HTTP\/\d\.\d (\d{3})/.exec(text)?.[1];
    if (unfinished) this.#mode = "bytes";
    else if (status === undefined || status === "101") this.#mode = "frames";
    else if (!status.startsWith("1")) this.#mode = "bytes";
  }

  #takeFrame(bytes: Uint8Array, start: number): number {
    let offset = start;
    if (this.#frame === undefined) {
      while (offset < bytes.length && this.#frame === undefined) {
        this.#header.push(bytes[offset++] as number);
        this.#openFrame();
      }
      if (this.#frame === undefined) return offset;
    }
    const frame = this.#frame as OpenFrame;
    const rest = frame.length - frame.seen;
    const available = bytes.length - offset;
    const take = rest < BigInt(available) ? Number(rest) : available;
    for (let index = 0; index < take && frame.shown.length < SHOWN_BYTES; index++) {
      frame.shown.push(bytes[offset + index] as number);
    }
    frame.seen += BigInt(take);
    if (frame.seen === frame.length) this.#endFrame();
    return offset + take;
  }

  #openFrame(): void {
    const header = this.#header;
    if (header.length < 2) return;
    const masked = ((header[1] as number) & 0x80) !== 0;
    const short = (header[1] as number) & 0x7f;
    const lengthBits = short === 127 ? 64 : short === 126 ? 16 : 7;
    const extended = lengthBits === 64 ? 8 : lengthBits === 16 ? 2 : 0;
    if (header.length < 2 + extended + (masked ? 4 : 0)) return;
    let length = BigInt(short);
    if (extended > 0) {
      length = 0n;
      for (let index = 2; index < 2 + extended; index++) length = (length << 8n) | BigInt(header[index] as number);
    }
    const whole = Uint8Array.from(header);
    const maskingKey = masked ? whole.subarray(2 + extended) : undefined;
    this.#frame = { header: whole, lengthBits, length, maskingKey, shown: [], seen: 0n };
    this.#header = [];
    if (length === 0n) this.#endFrame();
  }

  #endFrame(): void {
    const frame = this.#frame as OpenFrame;
    this.#frame = undefined;
    const first = frame.header[0] as number;
    const key = frame.maskingKey;
    const plain = frame.shown.map((byte, index) => (key === undefined ? byte : byte ^ (key[index & 3] as number)));
    const opcode = first & 0x0f;
    const omitted = Number(frame.seen) - frame.shown.length;
    const missing = frame.length - frame.seen;
    const bytes = Uint8Array.from(plain);
    this.#emit({
      type: "frame",
      at: this.#at,
      side: this.#side,
      fin: (first & 0x80) !== 0,
      rsv: [(first & 0x40) !== 0, (first & 0x20) !== 0, (first & 0x10) !== 0],
      opcode,
      lengthBits: frame.lengthBits,
      payloadLength: frame.length.toString(),
      header: toHex(frame.header),
      payload: toHex(frame.shown),
      ...(key === undefined ? {} : { maskingKey: toHex(key), unmasked: toHex(bytes) }),
      ...(omitted > 0 ? { omitted } : {}),
      ...(missing > 0n ? { missing: Number(missing) } : {}),
      ...(opcode === 8 && bytes.length >= 2 ? closeFields(bytes) : {}),
    });
  }

  #takePlain(bytes: Uint8Array, start: number): number {
    const kept = bytes.subarray(start, start + Math.max(0, SHOWN_BYTES - this.#plain.length));
    this.#plain.push(...kept);
    this.#plainLength += bytes.length - start;
    return bytes.length;
  }

  #flushPlain(): void {
    if (this.#plainLength === 0) return;
    const entry = { type: "bytes", at: this.#at, side: this.#side, hex: toHex(this.#plain), length: this.#plainLength };
    this.#emit(entry as BytesEntry satisfies Entry);
    this.#plain = [];
    this.#plainLength = 0;
  }
}

/** Lower-case hex, two digits a byte, no separators. */
export function toHex(bytes: Iterable<number>): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

function closeFields(bytes: Uint8Array): { closeCode: number; closeReason: string } {
  const closeCode = ((bytes[0] as number) << 8) | (bytes[1] as number);
  return { closeCode, closeReason: new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(2)) };
}
