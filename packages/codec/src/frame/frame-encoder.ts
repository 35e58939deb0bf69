/** RFC 6455 section 5.2: frames out, header and payload straight into the outlet's buffer, masked on the way. */
import { NO_BYTES } from "../bytes/no-bytes.ts";
import type { Outlet } from "../bytes/outlet.ts";
import { payloadMemory } from "../bytes/payload-memory.ts";
import { type EncodeTextInto, encodeUtf8, writeShortAscii } from "../bytes/text.ts";
import { headerSize, MAX_HEADER, writeHeader } from "./frame-header.ts";
import { maskInPlace, maskInto } from "./masking.ts";

/**
 * Gives a fresh masking key for each frame of a client: 32 bits from a cryptographically secure generator
 * (sections 5.3 and 10.3).
 */
export type MaskKeySource = () => number;

/** What a header has beside the masking key, at most. */
const MAX_UNMASKED = 10;
/** With this many octets to spare an {@link EncodeTextInto} knows that nothing is missing. */
const SPARE = 4;

/**
 * Encodes one frame; `first` is its first byte. The payload is not changed; a long one is kept until it is sent.
 *
 * @param nextKey undefined for a server, which never masks (section 5.1)
 */
export function encodeFrame(
  outlet: Outlet,
  nextKey: MaskKeySource | undefined,
  first: number,
  payload: Uint8Array,
): void {
  // Code that V8 11 has compiled, and that has met resizable memory, sees the old length of detached memory; `byteLength`
  // is right there, and too slow for every message. What copies such a payload throws, or finds zeros.
  const { length } = payload;
  const apart = length > outlet.copyLimit;
  if (apart && payload.byteLength === 0) {
    encodeFrame(outlet, nextKey, first, NO_BYTES);
    return;
  }
  outlet.reserve(MAX_HEADER + (apart ? 0 : length));
  const key = nextKey?.();
  const at = writeHeader(outlet.buffer, outlet.length, first, length, key);
  if (!apart) {
    maskInto(outlet.buffer, at, payload, key ?? 0);
    // Not before the payload is there.
    outlet.length = at + length;
    return;
  }
  outlet.length = at;
  if (key === undefined) {
    outlet.attach(payload);
  } else {
    const masked = payloadMemory(length);
    maskInto(masked, 0, payload, key);
    outlet.attach(masked);
  }
}

/** The same for a text frame, from a string. A lone surrogate becomes U+FFFD, so that the payload is valid UTF-8 (5.6). */
export function encodeTextFrame(
  outlet: Outlet,
  nextKey: MaskKeySource | undefined,
  first: number,
  text: string,
  encodeTextInto: EncodeTextInto,
): void {
  // One UTF-16 unit takes at most three octets. Where that is too much to copy, perhaps it is ASCII, as nearly all is.
  const most = text.length * 3;
  const room = most > outlet.copyLimit ? text.length : most;
  if (room <= outlet.copyLimit) {
    outlet.reserve(MAX_HEADER + room + SPARE);
    const { buffer, length: start } = outlet;
    const key = nextKey?.();
    // Leave room for the header that fits ASCII, and move the payload if it turns out longer.
    const guess = headerSize(text.length);
    const from = start + guess + (key === undefined ? 0 : 4);
    const length = writeShortAscii(text, buffer, from)
      ? text.length
      : encodeTextInto(text, buffer, from, buffer.length + guess - MAX_UNMASKED);
    if (length >= 0) {
      const more = headerSize(length) - guess;
      if (more > 0) buffer.copyWithin(from + more, from, from + length);
      const at = writeHeader(buffer, start, first, length, key);
      maskInPlace(buffer, at, at + length, key ?? 0);
      outlet.length = at + length;
      return;
    }
  }
  encodeFrame(outlet, nextKey, first, encodeUtf8(text));
}
