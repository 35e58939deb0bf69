/** RFC 1951 sections 3.2.6 and 3.2.7: the codes of a block, which are fixed, or said at its beginning. */
import type { BitWriter } from "./bit-writer.ts";
import { canonicalCodes, codeLengths } from "./huffman.ts";
import { lengthsHeader } from "./lengths-header.ts";
import type { SymbolCounts } from "./symbol-counts.ts";
import {
  DISTANCE_SYMBOLS,
  distanceExtra,
  distanceSymbol,
  ELEMENT_EXTRA,
  ELEMENT_EXTRA_VALUE,
  ELEMENT_SYMBOL,
  ELEMENTS,
  END_OF_BLOCK,
  LITERAL_SYMBOLS,
} from "./symbols.ts";
import type { Tokens } from "./tokens.ts";

/** The longest code of a literal or a length is DEFLATE's; that of a distance is such that it is written in a step with its extra bits. */
const LONGEST_LITERAL = 15;
const LONGEST_DISTANCE = 11;

/** BTYPE 01, after a BFINAL bit that is not set. */
const FIXED_BLOCK = 1 << 1;
/** A code is kept with its length in this many bits below it. 0 is no code. */
const LENGTH_BITS = 5;
const LENGTH_MASK = (1 << LENGTH_BITS) - 1;

/** Section 3.2.6. Symbols that never occur have codes, too. */
const FIXED_LITERALS = new Uint8Array(288).fill(8).fill(9, 144, 256).fill(7, 256, 280);
const FIXED_DISTANCES = new Uint8Array(32).fill(5);
const FIXED_DISTANCE = 5;

/** What is being made. */
const literalLengths = new Uint8Array(LITERAL_SYMBOLS);
const distanceLengths = new Uint8Array(DISTANCE_SYMBOLS);
const codes = new Uint16Array(FIXED_LITERALS.length);

export class BlockCodes {
  /** Bits that the last block took, without its header, and those that it would take in the fixed codes. */
  bodyBits: number = 0;
  fixedBits: number = 0;
  headerBits: number = 3;
  /** What a block of these codes begins with. */
  #header: Uint8Array = Uint8Array.of(FIXED_BLOCK);
  /** The code of each element, its extra bits included, and of each symbol of a distance. */
  readonly #elements: Int32Array = new Int32Array(ELEMENTS);
  readonly #distances: Int32Array = new Int32Array(DISTANCE_SYMBOLS);

  /** Section 3.2.6. */
  static fixed(): BlockCodes {
    const fixed = new BlockCodes();
    fixed.#take(FIXED_LITERALS, FIXED_DISTANCES);
    return fixed;
  }

  /** Takes the codes that are shortest where symbols come as often as that. */
  fit(counts: SymbolCounts): void {
    codeLengths(counts.literals, LONGEST_LITERAL, literalLengths);
    codeLengths(counts.distances, LONGEST_DISTANCE, distanceLengths);
    ({ header: this.#header, bits: this.headerBits } = lengthsHeader(literalLengths, distanceLengths));
    this.#take(literalLengths, distanceLengths);
  }

  #take(literals: Uint8Array, distances: Uint8Array): void {
    const elements = this.#elements;
    canonicalCodes(literals, codes);
    // What has no code has one of no bits, so that nothing need be asked: of each, the processor would guess half wrong.
    for (let symbol = 0; symbol <= END_OF_BLOCK; symbol += 1) {
      elements[symbol] = ((codes[symbol] as number) << LENGTH_BITS) | (literals[symbol] as number);
    }
    // Long matches are rare.
    let end = ELEMENTS;
    while (literals[ELEMENT_SYMBOL[end - 1] as number] === 0) end -= 1;
    elements.fill(0, end);
    for (let element = END_OF_BLOCK + 1; element < end; element += 1) {
      const symbol = ELEMENT_SYMBOL[element] as number;
      const length = literals[symbol] as number;
      const code = (codes[symbol] as number) | ((ELEMENT_EXTRA_VALUE[element] as number) << length);
      elements[element] = length === 0 ? 0 : (code << LENGTH_BITS) | (length + (ELEMENT_EXTRA[element] as number));
    }
    canonicalCodes(distances, codes);
    for (let symbol = 0; symbol < DISTANCE_SYMBOLS; symbol += 1) {
      this.#distances[symbol] = ((codes[symbol] as number) << LENGTH_BITS) | (distances[symbol] as number);
    }
  }

  /**
   * Writes a block. All that changes is in variables: through `put`, which does the same, it takes twice as long.
   *
   * @returns whether there was a code for everything; what was written is of no use otherwise
   */
  write(writer: BitWriter, { values, count }: Tokens): boolean {
    writer.putAll(this.#header, this.headerBits);
    const elements = this.#elements;
    const fixed = FIXED_CODES.#elements;
    const distances = this.#distances;
    const { view } = writer;
    const began = 8 * writer.length + writer.held;
    let { bits, held, length } = writer;
    let missing = 0;
    let fixedBits = 0;
    for (let at = 0; at < count; at += 1) {
      const token = values[at] as number;
      const element = token >> 16;
      const code = elements[element] as number;
      missing |= code - 1;
      fixedBits += (fixed[element] as number) & LENGTH_MASK;
      bits |= (code >> LENGTH_BITS) << held;
      held += code & LENGTH_MASK;
      view.setInt32(length, bits, true);
      length += held >> 3;
      bits >>>= held & 0x18;
      held &= 7;
      if (element < END_OF_BLOCK) continue;
      const less = token & 0xffff;
      const symbol = distanceSymbol(less);
      const extra = distanceExtra(symbol);
      const distance = distances[symbol] as number;
      missing |= distance - 1;
      fixedBits += FIXED_DISTANCE + extra;
      const size = distance & LENGTH_MASK;
      bits |= ((distance >> LENGTH_BITS) | ((less & ((1 << extra) - 1)) << size)) << held;
      held += size + extra;
      view.setInt32(length, bits, true);
      length += held >> 3;
      bits >>>= held & 0x18;
      held &= 7;
    }
    writer.bits = bits;
    writer.held = held;
    writer.length = length;
    this.bodyBits = 8 * length + held - began;
    this.fixedBits = fixedBits;
    const end = elements[END_OF_BLOCK] as number;
    writer.put(end >> LENGTH_BITS, end & LENGTH_MASK);
    return missing >= 0;
  }
}

export const FIXED_CODES: BlockCodes = BlockCodes.fixed();
