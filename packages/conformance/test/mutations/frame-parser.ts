import type { Faults } from "./fault.ts";

/** A fault of the peer, with the close code for it. */
export class ProtocolFault extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** A frame's header once it is complete. */
export interface Header {
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly length: number;
  readonly key: Uint8Array | undefined;
}

/** What the parser tells its owner; each call may throw {@link ProtocolFault}. */
export interface FrameEvents {
  /** The first two bytes are there. */
  start(header: Pick<Header, "fin" | "rsv" | "opcode">): void;
  /** The length is known, nothing of the payload has been read. */
  length(length: number, opcode: number): void;
  /** A part of the payload, unmasked. */
  payload(part: Uint8Array): void;
  end(): void;
}

/** Reads frames byte by byte (RFC 6455 5.2), judging each rule as soon as its bytes are there. */
export class FrameParser {
  readonly #events: FrameEvents;
  readonly #faults: Faults;
  readonly #expectMask: boolean;
  #head: number[] = [];
  #left = -1;
  #position = 0;
  #key: Uint8Array | undefined;
  #stopped = false;

  constructor(events: FrameEvents, expectMask: boolean, faults: Faults) {
    this.#events = events;
    this.#expectMask = expectMask;
    this.#faults = faults;
  }

  /** What follows is not read, not even within the chunk at hand. */
  stop(): void {
    this.#stopped = true;
  }

  push(chunk: Uint8Array): void {
    if (this.#faults.has("restarts the masking key in each chunk")) this.#position = 0;
    if (this.#faults.has("needs headers in one chunk")) this.#head = [];
    let at = 0;
    while (at < chunk.length && !this.#stopped) {
      if (this.#left === -1) {
        this.#head.push(chunk[at] as number);
        at += 1;
        this.#onHeadByte();
      } else {
        const part = Uint8Array.from(chunk.subarray(at, at + this.#left));
        at += part.length;
        this.#unmask(part);
        this.#left -= part.length;
        this.#events.payload(part);
      }
      if (this.#left === 0) {
        this.#left = -1;
        this.#events.end();
      }
    }
  }

  #onHeadByte(): void {
    const head = this.#head;
    const [first = 0, second = 0] = head;
    const opcode = first & 0xf;
    if (head.length < 2) return;
    const short = second & 0x7f;
    const lengthEnd = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0);
    const masked = (second & 0x80) !== 0;
    if (head.length === 2) {
      this.#events.start({ fin: (first & 0x80) !== 0, rsv: (first >>> 4) & 7, opcode });
      if (masked !== this.#expectMask && !this.#faults.has("accepts wrong masking")) {
        throw new ProtocolFault(1002, "masking");
      }
      if (opcode >= 8 && short > 125 && !this.#faults.has("accepts long control frames")) {
        throw new ProtocolFault(1002, "a long control frame");
      }
    }
    if (head.length < lengthEnd) return;
    if (head.length === lengthEnd) this.#events.length(this.#length(short), opcode);
    if (head.length < lengthEnd + (masked ? 4 : 0)) return;
    this.#left = this.#length(short);
    this.#key = masked ? Uint8Array.from(head.slice(-4)) : undefined;
    this.#head = [];
    this.#position = 0;
  }

  #length(short: number): number {
    if (short < 126) return short;
    const bytes = Buffer.from(this.#head);
    if (short === 126) return this.#minimal(bytes.readUInt16BE(2), 126);
    const high = bytes.readUInt32BE(2);
    const low = bytes.readUInt32BE(6);
    if (this.#faults.has("reads 32 bits of a 64-bit length")) return low;
    if (this.#faults.has("ignores the top bit of a 64-bit length")) return (high & 0x7fffffff) * 2 ** 32 + low;
    if (high >>> 31 === 1) throw new ProtocolFault(1002, "the top bit of a length");
    return this.#minimal(high * 2 ** 32 + low, 65_536);
  }

  #minimal(length: number, least: number): number {
    if (length < least && !this.#faults.has("accepts long length forms")) throw new ProtocolFault(1002, "length form");
    return length;
  }

  #unmask(part: Uint8Array): void {
    const key = this.#key;
    if (key === undefined) return;
    for (let index = 0; index < part.length; index += 1) {
      part[index] = (part[index] as number) ^ (key[(this.#position + index) & 3] as number);
    }
    this.#position += part.length;
  }
}
