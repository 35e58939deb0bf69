/**
 * As little JavaScript as an echo over WebSocket takes: masked frames in, each payload as a string or an array of its
 * own view to a handler, the answers out in one write. No check, no limit, no fragment, no control frame, no slow peer:
 * it answers the load of the benchmark, and shows what a server in JavaScript cannot go below on its runtime.
 */
import { createHash } from "node:crypto";
import { maskInPlace } from "../../../packages/codec/src/frame/masking.ts";

const MAX_HEADER = 14;
const TEXT = 1;
const EMPTY = new Uint8Array(0);
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

export class Floor {
  readonly #out: Uint8Array;
  #used = 0;
  #open = false;
  /** A frame of which not all is there yet, in memory for all of it. */
  #frame: Uint8Array | undefined;
  #frameLength = 0;
  /** Less than a header that ended its chunk. */
  #header = EMPTY;

  /** @param out room for the answers of one chunk, the caller's again at the next call */
  constructor(out: Uint8Array) {
    this.#out = out;
  }

  /** Takes what was read, which is ours from then on; gives what is to be written. */
  take(chunk: Uint8Array): Uint8Array {
    if (!this.#open) return this.#accept(chunk);
    this.#used = 0;
    let bytes = this.#header.length === 0 ? chunk : Buffer.concat([this.#header, chunk]);
    this.#header = EMPTY;
    const frame = this.#frame;
    if (frame !== undefined) {
      const needed = frame.length - this.#frameLength;
      frame.set(bytes.length > needed ? bytes.subarray(0, needed) : bytes, this.#frameLength);
      this.#frameLength += bytes.length;
      if (bytes.length < needed) return EMPTY;
      this.#frame = undefined;
      this.#read(frame);
      bytes = bytes.subarray(needed);
    }
    this.#read(bytes);
    return this.#out.subarray(0, this.#used);
  }

  #read(bytes: Uint8Array): void {
    const end = bytes.length;
    const words = new DataView(bytes.buffer, bytes.byteOffset, end);
    let at = 0;
    while (at < end) {
      if (end - at < MAX_HEADER && end - at < headerSize(bytes, at)) {
        this.#header = bytes.slice(at);
        return;
      }
      let length = (bytes[at + 1] as number) & 0x7f;
      const start = at + headerSize(bytes, at);
      if (length === 126) length = words.getUint16(at + 2);
      else if (length === 127) length = words.getUint32(at + 6);
      const stop = start + length;
      if (stop > end) {
        this.#frame = new Uint8Array(stop - at);
        this.#frame.set(bytes.subarray(at));
        this.#frameLength = end - at;
        return;
      }
      maskInPlace(bytes, start, stop, words.getInt32(start - 4, true));
      const payload = bytes.subarray(start, stop);
      if (((bytes[at] as number) & 0x0f) === TEXT) this.#handle(decoder.decode(payload));
      else this.#handle(payload);
      at = stop;
    }
  }

  #handle(message: string | Uint8Array): void {
    const out = this.#out;
    if (typeof message === "string") {
      // The load is ASCII.
      const at = writeHeader(out, this.#used, 0x81, message.length);
      this.#used = at + encoder.encodeInto(message, out.subarray(at)).written;
    } else {
      const at = writeHeader(out, this.#used, 0x82, message.length);
      out.set(message, at);
      this.#used = at + message.length;
    }
  }

  #accept(chunk: Uint8Array): Uint8Array {
    this.#open = true;
    const key = /sec-websocket-key: *(\S+)/i.exec(decoder.decode(chunk))?.[1];
    const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    return encoder.encode(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
  }
}

/** With its masking key. */
function headerSize(bytes: Uint8Array, at: number): number {
  if (at + 1 >= bytes.length) return MAX_HEADER;
  const length = (bytes[at + 1] as number) & 0x7f;
  return length === 127 ? 14 : length === 126 ? 8 : 6;
}

function writeHeader(out: Uint8Array, at: number, first: number, length: number): number {
  out[at] = first;
  if (length < 126) {
    out[at + 1] = length;
    return at + 2;
  }
  if (length < 65_536) {
    out[at + 1] = 126;
    out[at + 2] = length >> 8;
    out[at + 3] = length;
    return at + 4;
  }
  out[at + 1] = 127;
  out.fill(0, at + 2, at + 6);
  for (let i = 6; i < 10; i++) out[at + i] = length >> (8 * (9 - i));
  return at + 10;
}
