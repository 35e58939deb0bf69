/**
 * DEFLATE (RFC 1951) read strictly: no distance may reach beyond the agreed window, which zlib does not check, and it is told
 * what kinds of block there were. Slower than zlib, and meant for messages of a few hundred KiB.
 */

/** What was in the data. */
export interface Inflated {
  readonly output: Uint8Array;
  /** The longest distance that was used. */
  readonly maxDistance: number;
  /** BTYPE of each block, with 4 added where BFINAL was set. */
  readonly blocks: readonly number[];
}

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
];
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** A canonical Huffman code: symbols in order of their codes, and how many codes there are of each length. */
interface Code {
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

/** Throws on a set of lengths that no prefix code has, and on an incomplete one of more than one symbol. */
function makeCode(lengths: readonly number[]): Code {
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length] = (counts[length] as number) + 1;
  let left = 1;
  for (let length = 1; length <= 15; length += 1) {
    left = left * 2 - (counts[length] as number);
    if (left < 0) throw new Error("over-subscribed Huffman code");
  }
  const used = lengths.length - (counts[0] as number);
  if (left > 0 && used > 1) throw new Error("incomplete Huffman code");
  const offsets = new Uint16Array(16);
  for (let length = 1; length < 15; length += 1) {
    offsets[length + 1] = (offsets[length] as number) + (counts[length] as number);
  }
  const symbols = new Uint16Array(used);
  for (const [symbol, length] of lengths.entries()) {
    if (length === 0) continue;
    symbols[offsets[length] as number] = symbol;
    offsets[length] = (offsets[length] as number) + 1;
  }
  counts[0] = 0;
  return { counts, symbols };
}

const FIXED_LITERALS = makeCode(
  Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)),
);
const FIXED_DISTANCES = makeCode(Array.from({ length: 32 }, () => 5));

/** Inflates all of `input`, which may end with any complete block. `history` is what came before, for distances to reach into. */
export function inflateStrictly(
  input: Uint8Array,
  options: { readonly windowBits: number; readonly history?: Uint8Array; readonly limit?: number },
): Inflated {
  return new Inflater(input, options.history ?? new Uint8Array(0), 1 << options.windowBits, options.limit).run();
}

class Inflater {
  readonly #input: Uint8Array;
  readonly #window: number;
  readonly #start: number;
  readonly #limit: number;
  readonly #blocks: number[] = [];
  #at = 0;
  #bits = 0;
  #count = 0;
  #output: Uint8Array;
  #length: number;
  #maxDistance = 0;

  constructor(input: Uint8Array, history: Uint8Array, window: number, limit = 1 << 30) {
    this.#input = input;
    this.#window = window;
    const kept = history.subarray(Math.max(0, history.length - window));
    this.#start = kept.length;
    this.#limit = limit + kept.length;
    this.#output = new Uint8Array(kept.length + Math.max(1024, input.length * 4));
    this.#output.set(kept);
    this.#length = kept.length;
  }

  run(): Inflated {
    while (this.#at < this.#input.length) {
      const final = this.#take(1);
      const type = this.#take(2);
      this.#blocks.push(type + final * 4);
      if (type === 0) this.#stored();
      else if (type === 1) this.#compressed(FIXED_LITERALS, FIXED_DISTANCES);
      else if (type === 2) this.#dynamic();
      else throw new Error("block type 3 is reserved");
      // After a final block the stream goes on at the next byte (RFC 7692 7.2.3.4).
      if (final === 1) this.#align();
    }
    const output = this.#output.slice(this.#start, this.#length);
    return { output, maxDistance: this.#maxDistance, blocks: this.#blocks };
  }

  #take(count: number): number {
    while (this.#count < count) {
      if (this.#at >= this.#input.length) throw new Error("the data ends inside a block");
      this.#bits |= (this.#input[this.#at++] as number) << this.#count;
      this.#count += 8;
    }
    const value = this.#bits & ((1 << count) - 1);
    this.#bits >>>= count;
    this.#count -= count;
    return value;
  }

  #align(): void {
    this.#at -= this.#count >>> 3;
    this.#bits = 0;
    this.#count = 0;
  }

  #stored(): void {
    this.#align();
    const { length } = this.#input;
    if (this.#at + 4 > length) throw new Error("the data ends inside a stored block's length");
    const [a = 0, b = 0, c = 0, d = 0] = this.#input.subarray(this.#at, this.#at + 4);
    const size = a | (b << 8);
    if (size !== (~(c | (d << 8)) & 0xffff)) throw new Error("a stored block's length and its complement differ");
    this.#at += 4;
    if (this.#at + size > length) throw new Error("the data ends inside a stored block");
    this.#reserve(size);
    this.#output.set(this.#input.subarray(this.#at, this.#at + size), this.#length);
    this.#length += size;
    this.#at += size;
  }

  #dynamic(): void {
    const literals = this.#take(5) + 257;
    const distances = this.#take(5) + 1;
    const order = this.#take(4) + 4;
    if (literals > 286 || distances > 30) throw new Error("too many symbols in a dynamic block");
    const lengths: number[] = Array(19).fill(0);
    for (const index of CODE_LENGTH_ORDER.slice(0, order)) lengths[index] = this.#take(3);
    const code = makeCode(lengths);
    const all: number[] = [];
    while (all.length < literals + distances) {
      const symbol = this.#symbol(code);
      if (symbol < 16) {
        all.push(symbol);
        continue;
      }
      const previous = all.at(-1);
      if (symbol === 16 && previous === undefined) throw new Error("a repeat without a length before it");
      const repeat = symbol === 16 ? 3 + this.#take(2) : symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7);
      for (let count = 0; count < repeat; count += 1) all.push(symbol === 16 ? (previous as number) : 0);
    }
    if (all.length > literals + distances) throw new Error("a repeat goes beyond the last length");
    if (all[256] === 0) throw new Error("a dynamic block without a code for its end");
    this.#compressed(makeCode(all.slice(0, literals)), makeCode(all.slice(literals)));
  }

  #symbol({ counts, symbols }: Code): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= 15; length += 1) {
      code |= this.#take(1);
      const count = counts[length] as number;
      if (code - count < first) return symbols[index + (code - first)] as number;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new Error("bits that are no code");
  }

  #compressed(literals: Code, distances: Code): void {
    for (;;) {
      const symbol = this.#symbol(literals);
      if (symbol === 256) return;
      if (symbol < 256) {
        this.#reserve(1);
        this.#output[this.#length++] = symbol;
        continue;
      }
      const index = symbol - 257;
      if (index >= 29) throw new Error("a reserved length symbol");
      const length = (LENGTH_BASE[index] as number) + this.#take(LENGTH_EXTRA[index] as number);
      const code = this.#symbol(distances);
      if (code >= 30) throw new Error("a reserved distance symbol");
      const distance = (DISTANCE_BASE[code] as number) + this.#take(code < 4 ? 0 : (code >>> 1) - 1);
      this.#copy(length, distance);
    }
  }

  #copy(length: number, distance: number): void {
    if (distance > this.#window) throw new Error(`distance ${distance} in a window of ${this.#window} bytes`);
    if (distance > this.#length) throw new Error(`distance ${distance} with ${this.#length} bytes of history`);
    this.#maxDistance = Math.max(this.#maxDistance, distance);
    this.#reserve(length);
    for (let count = 0; count < length; count += 1) {
      this.#output[this.#length] = this.#output[this.#length - distance] as number;
      this.#length += 1;
    }
  }

  #reserve(count: number): void {
    if (this.#length + count > this.#limit) throw new Error("more output than any case expects");
    if (this.#length + count <= this.#output.length) return;
    const larger = new Uint8Array(Math.max(this.#output.length * 2, this.#length + count));
    larger.set(this.#output.subarray(0, this.#length));
    this.#output = larger;
  }
}
