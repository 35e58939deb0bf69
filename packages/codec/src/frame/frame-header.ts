/** RFC 6455 section 5.2: the header of an outgoing frame, its length always in the shortest form. */
import { MASK } from "./opcode.ts";

/** Bytes that a header takes before the masking key. */
export function headerSize(payloadLength: number): number {
  if (payloadLength < 126) return 2;
  return payloadLength < 65536 ? 4 : 10;
}

/** Writes a header without its masking key; returns the position after it. */
export function writeHeader(
  target: Uint8Array,
  at: number,
  first: number,
  payloadLength: number,
  masked: boolean,
): number {
  const maskBit = masked ? MASK : 0;
  target[at] = first;
  if (payloadLength < 126) {
    target[at + 1] = maskBit | payloadLength;
    return at + 2;
  }
  if (payloadLength < 65536) {
    target[at + 1] = maskBit | 126;
    target[at + 2] = payloadLength >>> 8;
    target[at + 3] = payloadLength;
    return at + 4;
  }
  target[at + 1] = maskBit | 127;
  const high = Math.floor(payloadLength / 0x1_0000_0000);
  for (let i = 0; i < 4; i++) {
    target[at + 2 + i] = high >>> (24 - 8 * i);
    target[at + 6 + i] = payloadLength >>> (24 - 8 * i);
  }
  return at + 10;
}

/** Writes the masking key as it stands in the header; returns the position after it. */
export function writeKey(target: Uint8Array, at: number, key: number): number {
  target[at] = key;
  target[at + 1] = key >>> 8;
  target[at + 2] = key >>> 16;
  target[at + 3] = key >>> 24;
  return at + 4;
}
