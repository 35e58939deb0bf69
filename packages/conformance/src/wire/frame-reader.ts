import { concatBytes } from "./bytes.ts";
import { applyMask } from "./frame.ts";

/** A frame as it was read, payload unmasked. */
export interface Frame {
  readonly fin: boolean;
  /** RSV1 is 4, RSV2 is 2, RSV3 is 1. */
  readonly rsv: number;
  readonly opcode: number;
  readonly payload: Uint8Array;
  /** The masking key, absent on an unmasked frame. */
  readonly key: Uint8Array | undefined;
  /** The header's bytes, masking key included. */
  readonly header: Uint8Array;
  /** Which form the length field had, in bits. */
  readonly lengthForm: 7 | 16 | 64;
}

/** Larger frames than this can only be the testee's fault: no case makes it send one. */
const MAX_PAYLOAD = 1 << 30;

/**
 * Cuts received bytes into frames (RFC 6455 5.2). It judges nothing: what is legal depends on the role and on what was
 * negotiated, and is decided where the frame is used. A chunk's cost does not depend on what is buffered already.
 */
export class FrameReader {
  #chunks: Uint8Array[] = [];
  #buffered = 0;
  #needed = 2;

  /** The bytes of an unfinished frame, which stay the reader's own. */
  get unfinished(): Uint8Array {
    return concatBytes(this.#chunks);
  }

  /** Takes `chunk` and gives the frames it completed. Throws RangeError on a length over 1 GiB. */
  push(chunk: Uint8Array): Frame[] {
    if (chunk.length > 0) this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    const frames: Frame[] = [];
    while (this.#buffered >= this.#needed) {
      const bytes = concatBytes(this.#chunks);
      this.#chunks = [bytes];
      const frame = this.#parse(bytes);
      if (frame === undefined) continue;
      frames.push(frame);
    }
    return frames;
  }

  #parse(bytes: Uint8Array): Frame | undefined {
    const first = bytes[0] as number;
    const second = bytes[1] as number;
    const short = second & 0x7f;
    const lengthForm = short === 126 ? 16 : short === 127 ? 64 : 7;
    const masked = (second & 0x80) !== 0;
    const headLength = 2 + (lengthForm === 7 ? 0 : lengthForm / 8) + (masked ? 4 : 0);
    if (bytes.length < headLength) {
      this.#needed = headLength;
      return undefined;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const length = lengthForm === 7 ? short : lengthForm === 16 ? view.getUint16(2) : Number(view.getBigUint64(2));
    if (length > MAX_PAYLOAD) throw new RangeError(`a frame declares ${length} bytes`);
    if (bytes.length < headLength + length) {
      this.#needed = headLength + length;
      return undefined;
    }
    const key = masked ? bytes.slice(headLength - 4, headLength) : undefined;
    const payload = bytes.subarray(headLength, headLength + length);
    const rest = bytes.subarray(headLength + length);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#buffered = rest.length;
    this.#needed = 2;
    return {
      fin: (first & 0x80) !== 0,
      rsv: (first >>> 4) & 0x7,
      opcode: first & 0xf,
      payload: key === undefined ? payload.slice() : applyMask(payload, key),
      key,
      header: bytes.slice(0, headLength),
      lengthForm,
    };
  }
}
