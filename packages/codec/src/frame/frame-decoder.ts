/**
 * RFC 6455 section 5.2: bytes in, frames out. Each header is checked as its bytes arrive; a payload that lies whole in
 * the chunk is given in place, any other piece by piece. Nothing is buffered here but an unfinished header.
 */
import type { ProtocolErrorCode } from "../errors.ts";
import { CONTROL, FIN, MASK, MAX_CONTROL_PAYLOAD, RSV_BITS } from "./frame-bits.ts";
import { headerSize, MAX_HEADER } from "./frame-header.ts";
import { rotateKey } from "./masking.ts";
import * as Opcode from "./opcode.ts";

/** What the decoder calls. The payload is still masked: its receiver knows where it is to lie unmasked. */
export interface FrameHandler {
  /** A frame whose payload is `bytes` from `start` to `end`, to be unmasked with `key`. */
  onFrame(first: number, bytes: Uint8Array, start: number, end: number, key: number): void;
  /** A frame whose payload of `length` bytes is not all there yet. `onPiece` follows, at least once. */
  onFrameStart(first: number, length: number): void;
  /** The next piece of the payload; `key` is the one for its first octet. */
  onPiece(bytes: Uint8Array, start: number, end: number, key: number, last: boolean): void;
  /** A header that is not legal. Nothing follows. */
  onFault(code: ProtocolErrorCode): void;
}

export class FrameDecoder {
  /** Set while a fragmented message is unfinished: a continuation must follow (section 5.4). */
  fragmented = false;
  /** The reserved bits that a message's first frame may carry. */
  allowedRsv = 0;
  /** How long the payload of a data frame may be; the assembler lowers it by what a message already has. */
  maxLength = 0;
  /** The same for the first frame of a message that an extension transforms. */
  maxTransformedLength = 0;

  readonly #handler: FrameHandler;
  readonly #maskBit: number;
  /** Bytes of a header that ended with its chunk; made for the first one, since most connections see none. */
  #partial: Uint8Array | undefined;
  #partialLength = 0;
  #halted = false;

  // The header read last.
  #first = 0;
  #length = 0;
  #key = 0;
  /** Payload bytes still to come of a frame that was started. */
  #remaining = 0;

  /** @param expectMasked true for a server, which only accepts masked frames (section 5.1); false for a client */
  constructor(handler: FrameHandler, expectMasked: boolean) {
    this.#handler = handler;
    this.#maskBit = expectMasked ? MASK : 0;
  }

  /** Stops between two frames; `decode` returns how far it came. */
  halt(): void {
    this.#halted = true;
  }

  /** Reads frames from `chunk` at `from`. Returns the position reached: its length unless the decoder was halted. */
  decode(chunk: Uint8Array, from: number): number {
    const end = chunk.length;
    let at = from;
    this.#halted = false;
    if (this.#remaining > 0) at = this.#continuePayload(chunk, at, end);
    while (at < end && !this.#halted) {
      let size = this.#partialLength === 0 ? this.#readHeader(chunk, at, end) : 0;
      if (size === 0) {
        at = this.#completeHeader(chunk, at, end);
        if (this.#partialLength > 0) return at;
        size = this.#halted ? -1 : 0;
      }
      if (size < 0) return end;
      at += size;
      const stop = at + this.#length;
      if (stop <= end) {
        this.#handler.onFrame(this.#first, chunk, at, stop, this.#key);
        at = stop;
      } else {
        this.#remaining = this.#length;
        this.#handler.onFrameStart(this.#first, this.#length);
        if (at < end && !this.#halted) at = this.#continuePayload(chunk, at, end);
      }
    }
    return at;
  }

  #continuePayload(chunk: Uint8Array, at: number, end: number): number {
    const stop = Math.min(end, at + this.#remaining);
    const done = this.#length - this.#remaining;
    this.#remaining -= stop - at;
    this.#handler.onPiece(chunk, at, stop, rotateKey(this.#key, done), this.#remaining === 0);
    return stop;
  }

  /** Moves bytes into the unfinished header until it is complete or illegal; each stage is checked as it is there. */
  #completeHeader(chunk: Uint8Array, from: number, end: number): number {
    let at = from;
    this.#partial ??= new Uint8Array(MAX_HEADER);
    while (at < end) {
      this.#partial[this.#partialLength++] = chunk[at++];
      const size = this.#readHeader(this.#partial, 0, this.#partialLength);
      if (size !== 0) {
        this.#partialLength = 0;
        break;
      }
    }
    return at;
  }

  /** The header's size if it is complete, 0 if more bytes are wanted, -1 if it is illegal (and was reported). */
  #readHeader(bytes: Uint8Array, at: number, end: number): number {
    if (end - at < 2) return 0;
    const first = bytes[at];
    const second = bytes[at + 1];
    const shortLength = second & 0x7f;
    const fault = this.#checkFirstBytes(first, second, shortLength);
    if (fault !== undefined) return this.#fault(fault);
    let length = shortLength;
    let size = 2;
    if (shortLength > 125) {
      size = shortLength === 126 ? 4 : 10;
      if (end - at < size) return 0;
      if (shortLength === 126) {
        length = (bytes[at + 2] << 8) | bytes[at + 3];
      } else {
        // Two 32-bit halves: what is past 2^53 is over every limit, rounded or not.
        const high = uint32(bytes, at + 2);
        if (high >= 0x8000_0000) return this.#fault("length-top-bit");
        length = high * 0x1_0000_0000 + uint32(bytes, at + 6);
      }
      if (headerSize(length) < size) return this.#fault("length-not-minimal");
    }
    if (length > this.maxLength && !this.#mayBeLonger(first, length)) return this.#fault("message-too-large");
    if (this.#maskBit !== 0) {
      if (end - at < size + 4) return 0;
      const key = at + size;
      this.#key = bytes[key] | (bytes[key + 1] << 8) | (bytes[key + 2] << 16) | (bytes[key + 3] << 24);
      size += 4;
    }
    this.#first = first;
    this.#length = length;
    return size;
  }

  #checkFirstBytes(first: number, second: number, length: number): ProtocolErrorCode | undefined {
    const opcode = first & 0x0f;
    const data = opcode <= Opcode.BINARY;
    const starts = data && opcode !== Opcode.CONTINUATION;
    if ((first & RSV_BITS & ~(starts ? this.allowedRsv : 0)) !== 0) return "reserved-bits";
    if (!data && (opcode < Opcode.CLOSE || opcode > Opcode.PONG)) return "reserved-opcode";
    if ((second & MASK) !== this.#maskBit) return this.#maskBit === 0 ? "mask-forbidden" : "mask-required";
    if (data) {
      if (this.fragmented !== starts) return undefined;
      return starts ? "expected-continuation" : "unexpected-continuation";
    }
    if ((first & FIN) === 0) return "control-fragmented";
    return length > MAX_CONTROL_PAYLOAD ? "control-too-long" : undefined;
  }

  /** A control frame's length was checked already; a transformed message has a limit of its own. */
  #mayBeLonger(first: number, length: number): boolean {
    if ((first & CONTROL) !== 0) return true;
    return (first & RSV_BITS) !== 0 && length <= this.maxTransformedLength;
  }

  #fault(code: ProtocolErrorCode): number {
    this.#halted = true;
    this.#handler.onFault(code);
    return -1;
  }
}

function uint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}
