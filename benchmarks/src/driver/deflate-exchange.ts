import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import type { Exchange } from "./exchange.ts";
import { frame, join, maskingKey } from "./frames.ts";
import { payload } from "./payloads.ts";

const WINDOW = 32_768;
const TAIL = Uint8Array.of(0, 0, 0xff, 0xff);

interface CompressedBursts {
  /** The first turn through the messages, when the window is still filling, and every later one. */
  readonly first: readonly Buffer[];
  readonly later: readonly Buffer[];
  readonly payloads: readonly (readonly Uint8Array[])[];
}

/**
 * Compressed bursts can be prebuilt even with context takeover: messages repeat after twice the window, so that nothing in
 * the window repeats, and from the second turn on each is always preceded by the same 32 KiB.
 */
export function makeCompressedBursts(depth: number, size: number, takeover: boolean): CompressedBursts {
  const turns = Math.max(4, Math.ceil((2 * WINDOW) / (depth * size)));
  const payloads = Array.from({ length: turns }, (_, turn) =>
    Array.from({ length: depth }, (_, index) => payload("json", size, 1 + turn * depth + index)),
  );
  let history: Uint8Array = new Uint8Array(0);
  const turn = (): Buffer[] =>
    payloads.map((messages, row) =>
      join(
        messages.map((message, index) => {
          const dictionary = takeover && history.length > 0 ? { dictionary: history } : {};
          const deflated = deflateRawSync(message, { finishFlush: constants.Z_SYNC_FLUSH, ...dictionary });
          history = Buffer.concat([history, message]).subarray(-WINDOW);
          return frame(deflated.subarray(0, -TAIL.length), true, maskingKey(row * depth + index), true);
        }),
      ),
    );
  const first = turn();
  return { first, later: turn(), payloads };
}

/** Counts the frames of a compressed echo and, on the connections chosen for it, inflates and compares each message. */
export class DeflateExchange implements Exchange {
  readonly #bursts: CompressedBursts;
  readonly #verify: boolean;
  readonly #takeover: boolean;
  #turn = 0;
  #messages: readonly Uint8Array[] = [];
  #message = 0;
  #pending: Buffer = Buffer.alloc(0);
  #skip = 0;
  #history: Uint8Array = new Uint8Array(0);

  constructor(bursts: CompressedBursts, verify: boolean, serverTakeover: boolean) {
    this.#bursts = bursts;
    this.#verify = verify;
    this.#takeover = serverTakeover;
  }

  next(): Buffer {
    const { first, later, payloads } = this.#bursts;
    const row = this.#turn % first.length;
    const out = (this.#turn < first.length ? first : later)[row] as Buffer;
    this.#messages = payloads[row] as readonly Uint8Array[];
    this.#message = 0;
    this.#turn += 1;
    return out;
  }

  complete(): boolean {
    return this.#message === this.#messages.length && this.#skip === 0;
  }

  accept(chunk: Buffer): number {
    const before = this.#message;
    let octets = chunk;
    if (this.#skip > 0) {
      if (octets.length < this.#skip) {
        this.#skip -= octets.length;
        return 0;
      }
      octets = octets.subarray(this.#skip);
      this.#skip = 0;
    }
    if (this.#pending.length > 0) octets = Buffer.concat([this.#pending, octets]);
    let at = 0;
    while (octets.length - at >= 2) {
      const short = (octets[at + 1] as number) & 127;
      const head = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (octets.length - at < head) break;
      const length =
        short < 126 ? short : short === 126 ? octets.readUInt16BE(at + 2) : Number(octets.readBigUInt64BE(at + 2));
      const first = octets[at] as number;
      if ((first & 0x8f) !== 0x81) throw new Error(`not a final text frame: ${first.toString(16)}`);
      const complete = octets.length - at >= head + length;
      if (!complete && this.#verify) break;
      if (this.#verify) this.#check(octets.subarray(at + head, at + head + length), (first & 0x40) !== 0);
      this.#message += 1;
      if (!complete) {
        this.#skip = head + length - (octets.length - at);
        at = octets.length;
        break;
      }
      at += head + length;
    }
    this.#pending = octets.subarray(at);
    if (this.#message > this.#messages.length) throw new Error("more messages came back than were sent");
    return this.#message - before;
  }

  #check(octets: Buffer, compressed: boolean): void {
    let message: Uint8Array = octets;
    if (compressed) {
      const dictionary = this.#takeover && this.#history.length > 0 ? { dictionary: this.#history } : {};
      message = inflateRawSync(Buffer.concat([octets, TAIL]), { finishFlush: constants.Z_SYNC_FLUSH, ...dictionary });
      this.#history = Buffer.concat([this.#history, message]).subarray(-WINDOW);
    }
    if (Buffer.compare(message, this.#messages[this.#message] as Uint8Array) !== 0) {
      throw new Error("a compressed echo inflates to something else than was sent");
    }
  }
}
