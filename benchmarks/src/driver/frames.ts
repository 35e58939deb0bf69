import { randomWords } from "./payloads.ts";

const BINARY = 2;
const TEXT = 1;

/** A frame on the wire (RFC 6455 5.2), masked when `key` is given. */
export function frame(payload: Uint8Array, text: boolean, key?: Uint8Array, compressed = false): Uint8Array {
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const head = 2 + extended + (key === undefined ? 0 : 4);
  const bytes = new Uint8Array(head + length);
  const view = new DataView(bytes.buffer);
  bytes[0] = 0x80 | (compressed ? 0x40 : 0) | (text ? TEXT : BINARY);
  bytes[1] = (key === undefined ? 0 : 0x80) | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) view.setUint16(2, length);
  if (extended === 8) view.setBigUint64(2, BigInt(length));
  bytes.set(payload, head);
  if (key !== undefined) {
    bytes.set(key, head - 4);
    for (let at = 0; at < length; at += 1) bytes[head + at] = (bytes[head + at] as number) ^ (key[at & 3] as number);
  }
  return bytes;
}

/** Four octets that differ from message to message, as RFC 6455 5.3 asks of a client. */
export function maskingKey(seed: number): Uint8Array {
  const random = randomWords(seed ^ 0x5bd1e995);
  return Uint8Array.from({ length: 4 }, () => random.next().value & 255);
}

export function join(parts: readonly Uint8Array[]): Buffer {
  return Buffer.concat(parts);
}
