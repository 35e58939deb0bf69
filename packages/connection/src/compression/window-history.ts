/**
 * RFC 7692 sections 7.2.2 and 7.2.3.4: the LZ77 window as it must outlive a block with BFINAL set. DEFLATE libraries end
 * a stream there and forget; this takes what a window holds out of one context and puts it into the next, by means of
 * DEFLATE alone (RFC 1951 section 3.2), so that it works with any of them.
 */
import type { EndingInflater } from "./ending-inflater.ts";

const NOTHING = new Uint8Array(0);
const ALL = 0x1_0000;

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
  const bits = new BitWriter();
  bits.write(0b010, 3);
  // A match is at least 3 bytes long: a history of 1 or 2 bytes is copied more than once.
  let left = distance < 3 ? distance + 2 : distance;
  while (left > 0) {
    const length = left >= 261 || left === 258 ? 258 : left > 12 ? 10 : left > 10 ? 5 : left;
    if (length === 258) bits.writeCode(0b11000101, 8);
    else bits.writeCode(length - 2, 7);
    writeDistance(bits, distance - 1);
    left -= length;
  }
  bits.writeCode(0, 7);
  bits.write(0, 3);
  return bits.finish([0x00, 0x00, 0xff, 0xff]);
}

/** RFC 1951 section 3.2.5, the table of distances as a formula; `above` is the distance less one. */
function writeDistance(bits: BitWriter, above: number): void {
  if (above < 4) {
    bits.writeCode(above, 5);
    return;
  }
  const extra = 30 - Math.clz32(above);
  bits.writeCode(2 * extra + (above >> extra), 5);
  bits.write(above & ((1 << extra) - 1), extra);
}

class BitWriter {
  readonly #bytes: number[] = [];
  #bits = 0;
  #count = 0;

  /** Least significant bit first (RFC 1951 section 3.1.1). */
  write(value: number, count: number): void {
    this.#bits |= value << this.#count;
    this.#count += count;
    while (this.#count >= 8) {
      this.#bytes.push(this.#bits & 0xff);
      this.#bits >>>= 8;
      this.#count -= 8;
    }
  }

  /** A Huffman code: most significant bit first. */
  writeCode(code: number, count: number): void {
    for (let bit = count - 1; bit >= 0; bit -= 1) this.write((code >> bit) & 1, 1);
  }

  finish(tail: readonly number[]): Uint8Array {
    if (this.#count > 0) this.#bytes.push(this.#bits);
    return Uint8Array.from([...this.#bytes, ...tail]);
  }
}
