/** RFC 6455 section 5.2: frames out, header and payload straight into the outlet's buffer, masked on the way. */
import type { Outlet } from "../bytes/outlet.ts";
import { encodeUtf8, encodeUtf8Into } from "../bytes/text.ts";
import { headerSize, writeHeader, writeKey } from "./frame-header.ts";
import { maskInPlace, maskInto } from "./masking.ts";

/**
 * Gives a fresh masking key for each frame of a client: 32 bits from a cryptographically secure generator
 * (sections 5.3 and 10.3).
 */
export type MaskKeySource = () => number;

const MAX_HEADER = 14;

export class FrameEncoder {
  readonly #outlet: Outlet;
  /** Undefined for a server, which never masks (section 5.1). */
  readonly #nextKey: MaskKeySource | undefined;

  constructor(outlet: Outlet, nextKey: MaskKeySource | undefined) {
    this.#outlet = outlet;
    this.#nextKey = nextKey;
  }

  /** Encodes one frame; `first` is its first byte. The payload is not changed; a long one is kept until it is sent. */
  encode(first: number, payload: Uint8Array): void {
    const outlet = this.#outlet;
    const length = payload.length;
    if (length > outlet.copyLimit) {
      this.#encodeApart(first, payload);
      return;
    }
    outlet.reserve(MAX_HEADER + length);
    const buffer = outlet.buffer;
    let at = writeHeader(buffer, outlet.length, first, length, this.#nextKey !== undefined);
    if (this.#nextKey === undefined) {
      buffer.set(payload, at);
    } else {
      const key = this.#nextKey();
      at = writeKey(buffer, at, key);
      maskInto(buffer, at, payload, 0, length, key);
    }
    outlet.length = at + length;
  }

  /** Encodes a text frame from a string. A lone surrogate becomes U+FFFD, so that the payload is valid UTF-8 (5.6). */
  encodeText(first: number, text: string): void {
    const outlet = this.#outlet;
    // One UTF-16 unit takes at most three octets.
    const most = text.length * 3;
    if (most > outlet.copyLimit) {
      this.encode(first, encodeUtf8(text));
      return;
    }
    outlet.reserve(MAX_HEADER + most);
    const buffer = outlet.buffer;
    const start = outlet.length;
    const masked = this.#nextKey !== undefined;
    // Nearly all text is ASCII in the main: leave room for the header that fits it, and move if it does not.
    const guess = headerSize(text.length) + (masked ? 4 : 0);
    const length = encodeUtf8Into(text, buffer, start + guess);
    const size = headerSize(length) + (masked ? 4 : 0);
    if (size !== guess) buffer.copyWithin(start + size, start + guess, start + guess + length);
    const at = writeHeader(buffer, start, first, length, masked);
    if (this.#nextKey !== undefined) {
      const key = this.#nextKey();
      writeKey(buffer, at, key);
      maskInPlace(buffer, start + size, start + size + length, key);
    }
    outlet.length = start + size + length;
  }

  /** Header into the buffer, payload beside it: a long payload is not copied unless it must be masked. */
  #encodeApart(first: number, payload: Uint8Array): void {
    const outlet = this.#outlet;
    outlet.reserve(MAX_HEADER);
    const at = writeHeader(outlet.buffer, outlet.length, first, payload.length, this.#nextKey !== undefined);
    if (this.#nextKey === undefined) {
      outlet.length = at;
      outlet.attach(payload);
      return;
    }
    const key = this.#nextKey();
    outlet.length = writeKey(outlet.buffer, at, key);
    const masked = new Uint8Array(payload.length);
    maskInto(masked, 0, payload, 0, payload.length, key);
    outlet.attach(masked);
  }
}
