/**
 * RFC 7692 sections 7.2.2 and 7.2.3.4: the LZ77 window as it must outlive a block with BFINAL set. DEFLATE libraries end
 * a stream there and forget; this takes what a window holds out of one context and puts it into the next, by means of
 * DEFLATE alone (RFC 1951 section 3.2), so that it works with any of them.
 */
import { BitWriter } from "../deflate/bit-writer.ts";
import { FIXED_CODES } from "../deflate/block-codes.ts";
import { writeStored } from "../deflate/stored-block.ts";
import { LENGTH_ELEMENT, MAX_MATCH, MIN_MATCH } from "../deflate/symbols.ts";
import { Tokens } from "../deflate/tokens.ts";
import type { EndingInflater } from "./ending-inflater.ts";

const NOTHING = new Uint8Array(0);
/** As much as an inflater gives at a time. */
const ALL = 0x1_0000;
/** Bytes that a match takes in the fixed codes, at most: 8 and 5 bits of codes, 5 and 13 of extra bits. */
const LONGEST_TOKEN = 4;
/** Bytes that the beginning and the end of the block take, and the stored one after it. */
const BLOCK_ENDS = 8;

export class WindowHistory {
  readonly #bytes: Uint8Array;
  /** Bytes known, at the start of the array. */
  size: number = 0;

  constructor(windowBits: number) {
    this.#bytes = new Uint8Array(1 << windowBits);
  }

  /** Bytes of memory. */
  get memory(): number {
    return this.#bytes.length;
  }

  append(output: Uint8Array): void {
    const room = this.#bytes.length;
    if (output.length >= room) {
      this.#bytes.set(output.subarray(output.length - room));
      this.size = room;
      return;
    }
    const over = Math.max(0, this.size + output.length - room);
    if (over > 0) this.#bytes.copyWithin(0, over, this.size);
    this.#bytes.set(output, this.size - over);
    this.size += output.length - over;
  }

  /**
   * Reads the last `known` bytes (up to a window) from a context that stands between two messages. It stays as it is:
   * a copy of the whole history from exactly its own distance leaves the same history behind.
   */
  capture(inflater: EndingInflater, known: number): boolean {
    const distance = Math.min(known, this.#bytes.length);
    return distance === 0 || this.#run(inflater, copyBlock(distance), true);
  }

  /** Puts the history into a fresh context, as a stored block. */
  restore(inflater: EndingInflater): boolean {
    const header = new Uint8Array([0, this.size, this.size >> 8, ~this.size, ~this.size >> 8]);
    return (
      this.size === 0 ||
      (this.#run(inflater, header, false) && this.#run(inflater, this.#bytes.subarray(0, this.size), false))
    );
  }

  #run(inflater: EndingInflater, block: Uint8Array, keep: boolean): boolean {
    let input = block;
    do {
      const output = inflater.inflate(input, false, ALL);
      if (output === undefined) return false;
      if (keep) this.append(output);
      input = NOTHING;
    } while (inflater.pending);
    return true;
  }
}

/** A block with fixed codes (RFC 1951 section 3.2.6) that copies a multiple of `distance` bytes, and an empty stored one. */
function copyBlock(distance: number): Uint8Array {
  const tokens = new Tokens(Math.ceil(distance / MAX_MATCH) + 1);
  // A history of 1 or 2 bytes is copied more than once.
  let left = distance < MIN_MATCH ? distance + 2 : distance;
  while (left > 0) {
    // What is left after a match must be long enough for another one.
    const length = left <= MAX_MATCH || left >= MAX_MATCH + MIN_MATCH ? Math.min(left, MAX_MATCH) : left - MIN_MATCH;
    tokens.values[tokens.count++] = ((length + LENGTH_ELEMENT) << 16) | (distance - 1);
    left -= length;
  }
  const writer = new BitWriter(tokens.count * LONGEST_TOKEN + BLOCK_ENDS);
  FIXED_CODES.write(writer, tokens);
  writeStored(writer, NOTHING);
  return writer.take();
}
