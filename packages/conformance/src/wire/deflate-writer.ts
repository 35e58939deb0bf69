/** Writes DEFLATE blocks (RFC 1951) symbol by symbol, good and bad ones: what no compressor would produce on demand. */

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

export class DeflateWriter {
  readonly #bytes: number[] = [];
  #bits = 0;
  #count = 0;

  /** `count` bits of `value`, least significant first. */
  bits(value: number, count: number): this {
    for (let index = 0; index < count; index += 1) {
      this.#bits |= ((value >>> index) & 1) << this.#count;
      this.#count += 1;
      if (this.#count === 8) this.#flush();
    }
    return this;
  }

  /** Fills the current byte with zero bits. */
  align(): this {
    if (this.#count > 0) this.#flush();
    return this;
  }

  /** The header of a block: 0 stored, 1 fixed, 2 dynamic, 3 reserved. */
  block(type: 0 | 1 | 2 | 3, final = false): this {
    return this.bits(final ? 1 : 0, 1).bits(type, 2);
  }

  /** A whole stored block of at most 65,535 bytes. */
  stored(content: Uint8Array, final = false): this {
    this.block(0, final).align();
    for (const half of [content.length, ~content.length & 0xffff]) this.bits(half, 16);
    this.#bytes.push(...content);
    return this;
  }

  /** Literals in a fixed block. */
  literals(content: Uint8Array): this {
    for (const byte of content) this.symbol(byte);
    return this;
  }

  /** A literal, length or end-of-block symbol in the fixed code (RFC 1951 3.2.6). */
  symbol(symbol: number): this {
    if (symbol < 144) return this.#code(0x30 + symbol, 8);
    if (symbol < 256) return this.#code(0x190 + symbol - 144, 9);
    if (symbol < 280) return this.#code(symbol - 256, 7);
    return this.#code(0xc0 + symbol - 280, 8);
  }

  /** A match of 3 to 258 bytes at a distance of 1 to 32,768, in a fixed block. */
  match(length: number, distance: number): this {
    const index = LENGTH_BASE.filter((base) => base <= length).length - 1;
    const exact = length === 258 ? 28 : Math.min(index, 27);
    this.symbol(257 + exact).bits(length - (LENGTH_BASE[exact] as number), LENGTH_EXTRA[exact] as number);
    const reach = distance - 1;
    const width = reach < 4 ? 0 : 30 - Math.clz32(reach);
    const code = reach < 4 ? reach : 2 * width + 2 + ((reach >>> width) & 1);
    return this.#code(code, 5).bits(reach & ((1 << width) - 1), width);
  }

  /** The end of a fixed block. */
  end(): this {
    return this.symbol(256);
  }

  /** What a message's payload is (RFC 7692 7.2.1): an empty stored block is added, and its last four bytes are left off. */
  message(): Uint8Array {
    this.block(0).align();
    return Uint8Array.from(this.#bytes);
  }

  /** The bytes as they are; an unfinished byte is filled with zero bits. */
  finish(): Uint8Array {
    this.align();
    return Uint8Array.from(this.#bytes);
  }

  /** A Huffman code goes most significant bit first. */
  #code(code: number, length: number): this {
    for (let index = length - 1; index >= 0; index -= 1) this.bits(code >>> index, 1);
    return this;
  }

  #flush(): void {
    this.#bytes.push(this.#bits);
    this.#bits = 0;
    this.#count = 0;
  }
}
