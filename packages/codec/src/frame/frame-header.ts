/** RFC 6455 section 5.2: the header of an outgoing frame, its length always in the shortest form. */
import { MASK } from "./frame-bits.ts";

/** The longest header, in bytes: 2, 8 of length and 4 of masking key. */
export const MAX_HEADER = 14;

/** Bytes that a header takes before the masking key. */
export function headerSize(payloadLength: number): number {
  if (payloadLength < 126) return 2;
  return payloadLength < 65536 ? 4 : 10;
}

/**
 * Writes a header; returns the position after it.
 *
 * @param key the masking key; undefined where the frame is not masked
 */
export function writeHeader(
  target: Uint8Array,
  at: number,
  first: number,
  payloadLength: number,
  key: number | undefined,
): number {
  const size = headerSize(payloadLength);
  const shortLength = size === 2 ? payloadLength : size === 4 ? 126 : 127;
  target[at] = first;
  target[at + 1] = key === undefined ? shortLength : MASK | shortLength;
  // The octets of the length from the last to the first; what is stored is its integer part, modulo 256.
  for (let i = size - 1, rest = payloadLength; i > 1; i--, rest /= 256) target[at + i] = rest;
  const keyAt = at + size;
  if (key === undefined) return keyAt;
  target[keyAt] = key;
  target[keyAt + 1] = key >>> 8;
  target[keyAt + 2] = key >>> 16;
  target[keyAt + 3] = key >>> 24;
  return keyAt + 4;
}
