import { concatBytes, hex, utf8 } from "./bytes.ts";
import { closePayload } from "./close-code.ts";
import { OPCODE } from "./opcode.ts";

/**
 * A frame to be written, legal or not (RFC 6455 5.2). What is left out is what the RFC demands of our side: FIN set,
 * no reserved bits, the shortest length form, the true length, masked exactly when we are the client.
 */
export interface FrameSpec {
  readonly opcode: number;
  readonly payload?: Uint8Array;
  readonly fin?: boolean;
  /** The three reserved bits as a number: RSV1 is 4, RSV2 is 2, RSV3 is 1. */
  readonly rsv?: number;
  /** `false`: unmasked; a key: masked with it; absent: as our role demands, with a fresh key. */
  readonly mask?: Uint8Array | false;
  /** Bits of the length field used although fewer may do. */
  readonly lengthForm?: 7 | 16 | 64;
  /** A length to declare in place of the payload's own. All 64 bits may be given. */
  readonly declaredLength?: number | bigint;
  /** Replaces the first header byte altogether. */
  readonly firstByte?: number;
}

/** RFC 6455 5.3: a legal key that leaves the payload readable. */
export const ZERO_KEY: Uint8Array = new Uint8Array(4);

/** A frame in bytes. `key` is used where the spec leaves masking to the role; `undefined` leaves such frames unmasked. */
export function encodeFrame(spec: FrameSpec, key: Uint8Array | undefined): Uint8Array {
  const payload = spec.payload ?? new Uint8Array(0);
  const mask = spec.mask === false ? undefined : (spec.mask ?? key);
  const length = BigInt(spec.declaredLength ?? payload.length);
  const form = spec.lengthForm ?? (length < 126n ? 7 : length < 65_536n ? 16 : 64);
  const first = spec.firstByte ?? ((spec.fin ?? true) ? 0x80 : 0) | ((spec.rsv ?? 0) << 4) | spec.opcode;
  const head = Buffer.alloc(2 + (form === 7 ? 0 : form / 8) + (mask === undefined ? 0 : 4));
  head[0] = first;
  head[1] = (mask === undefined ? 0 : 0x80) | (form === 7 ? Number(length) : form === 16 ? 126 : 127);
  if (form === 16) head.writeUInt16BE(Number(length & 0xffffn), 2);
  if (form === 64) head.writeBigUInt64BE(BigInt.asUintN(64, length), 2);
  if (mask === undefined) return concatBytes([head, payload]);
  head.set(mask, head.length - 4);
  return concatBytes([head, applyMask(payload, mask)]);
}

/** RFC 6455 5.3: the payload XORed with the key, in a fresh array. */
export function applyMask(payload: Uint8Array, key: Uint8Array): Uint8Array {
  const [a = 0, b = 0, c = 0, d = 0] = key;
  const masked = Uint8Array.from(payload);
  if ((a | b | c | d) === 0) return masked;
  const words = new DataView(masked.buffer, 0, masked.length);
  const word = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  let index = 0;
  for (; index + 4 <= masked.length; index += 4) words.setUint32(index, words.getUint32(index) ^ word);
  for (; index < masked.length; index += 1) masked[index] = (masked[index] as number) ^ (key[index & 3] as number);
  return masked;
}

/** A whole text message in one frame. */
export function text(payload: string | Uint8Array, more: Partial<FrameSpec> = {}): FrameSpec {
  return { opcode: OPCODE.text, payload: typeof payload === "string" ? utf8(payload) : payload, ...more };
}

/** A whole binary message in one frame; a string is read as hex. */
export function binary(payload: string | Uint8Array, more: Partial<FrameSpec> = {}): FrameSpec {
  return { opcode: OPCODE.binary, payload: typeof payload === "string" ? hex(payload) : payload, ...more };
}

/** A continuation frame, the last one unless `more` says `fin: false`. */
export function continuation(payload: string | Uint8Array, more: Partial<FrameSpec> = {}): FrameSpec {
  return { opcode: OPCODE.continuation, payload: typeof payload === "string" ? utf8(payload) : payload, ...more };
}

/** A Ping. */
export function ping(payload: string | Uint8Array = "", more: Partial<FrameSpec> = {}): FrameSpec {
  return { opcode: OPCODE.ping, payload: typeof payload === "string" ? utf8(payload) : payload, ...more };
}

/** A Pong. */
export function pong(payload: string | Uint8Array = "", more: Partial<FrameSpec> = {}): FrameSpec {
  return { opcode: OPCODE.pong, payload: typeof payload === "string" ? utf8(payload) : payload, ...more };
}

/** A Close with a status code and reason; without a code, an empty one. */
export function close(code?: number, reason: string | Uint8Array = "", more: Partial<FrameSpec> = {}): FrameSpec {
  return {
    opcode: OPCODE.close,
    payload: code === undefined ? new Uint8Array(0) : closePayload(code, reason),
    ...more,
  };
}
