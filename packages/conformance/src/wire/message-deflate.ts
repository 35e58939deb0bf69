import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { concatBytes } from "./bytes.ts";
import { inflateStrictly } from "./inflate.ts";

/** RFC 7692 7.2.1: the end of every compressed message, which is left off. */
export const TAIL: Uint8Array = Uint8Array.of(0x00, 0x00, 0xff, 0xff);

const WINDOW = 32_768;
/** Compressed messages up to this are read strictly, larger ones by zlib. */
const STRICT_LIMIT = 1 << 17;
const OUTPUT_LIMIT = 1 << 28;

/** What is agreed for one direction. */
export interface Direction {
  readonly windowBits: number;
  readonly takeover: boolean;
}

/** The last 32 KiB of what was said. */
class History {
  bytes: Uint8Array = new Uint8Array(0);

  add(message: Uint8Array): void {
    const joined = message.length >= WINDOW ? message : concatBytes([this.bytes, message]);
    this.bytes = joined.slice(Math.max(0, joined.length - WINDOW));
  }
}

/** Compresses messages for one direction. It keeps its own history, so that a message that is not sent leaves no trace in zlib. */
export class MessageDeflater {
  readonly #direction: Direction;
  readonly #history = new History();

  constructor(direction: Direction) {
    this.#direction = direction;
  }

  /** The payload of a compressed message. */
  encode(message: Uint8Array): Uint8Array {
    const { windowBits, takeover } = this.#direction;
    const window = 1 << windowBits;
    const dictionary = this.#history.bytes.subarray(Math.max(0, this.#history.bytes.length - window));
    const deflated = deflateRawSync(message, {
      finishFlush: constants.Z_SYNC_FLUSH,
      // zlib has no raw window of 8 bits; without matches every window will do.
      windowBits: Math.max(9, windowBits),
      ...(windowBits === 8 ? { strategy: constants.Z_HUFFMAN_ONLY } : {}),
      ...(takeover && dictionary.length > 0 && windowBits > 8 ? { dictionary } : {}),
    });
    if (takeover) this.#history.add(message);
    // An empty message gets no flush of its own from zlib.
    if (deflated.length < 4) return Uint8Array.of(0);
    return Uint8Array.from(deflated.subarray(0, deflated.length - 4));
  }

  /** Adds to the history what was sent by other means than {@link encode}. */
  remember(message: Uint8Array): void {
    if (this.#direction.takeover) this.#history.add(message);
  }
}

/** Inflates the testee's messages and holds them to what was agreed. Throws Error, which says what is wrong. */
export class MessageInflater {
  readonly #direction: Direction;
  readonly #history = new History();
  /** The longest distance in any message read strictly. */
  maxDistance: number = 0;
  /** BTYPE of every block read strictly. */
  readonly blocks: Set<number> = new Set();

  constructor(direction: Direction) {
    this.#direction = direction;
  }

  decode(payload: Uint8Array): Uint8Array {
    const { windowBits, takeover } = this.#direction;
    const input = concatBytes([payload, TAIL]);
    const strict = payload.length <= STRICT_LIMIT;
    const output = strict ? this.#strictly(input) : inflateFast(input, windowBits, this.#history.bytes);
    if (takeover) this.#history.add(output);
    return output;
  }

  #strictly(input: Uint8Array): Uint8Array {
    const { windowBits } = this.#direction;
    const history = this.#history.bytes;
    const { output, maxDistance, blocks } = inflateStrictly(input, { windowBits, history, limit: OUTPUT_LIMIT });
    this.maxDistance = Math.max(this.maxDistance, maxDistance);
    for (const type of blocks) this.blocks.add(type);
    if (((blocks.at(-1) ?? 0) & 3) !== 0)
      throw new Error("it does not end with an empty stored block (RFC 7692 7.2.1)");
    return output;
  }
}

/** By zlib, a stretch at a time: it stops behind each block that has BFINAL set. */
function inflateFast(input: Uint8Array, windowBits: number, history: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let seen = history.subarray(Math.max(0, history.length - (1 << windowBits)));
  for (let rest = input; rest.length > 0; ) {
    const result: unknown = inflateRawSync(rest, {
      info: true,
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: OUTPUT_LIMIT,
      ...(seen.length > 0 ? { dictionary: seen } : {}),
    });
    const { buffer, engine } = result as { buffer: Uint8Array; engine: { bytesWritten: number } };
    parts.push(buffer);
    seen = concatBytes([seen, buffer]).subarray(-WINDOW);
    if (engine.bytesWritten === 0) throw new Error("zlib makes nothing of it");
    rest = rest.subarray(engine.bytesWritten);
  }
  return concatBytes(parts);
}
