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

/** The longest codes: DEFLATE's, and of distances such that one is written in a step with its extra bits. */
const MOST_BITS = 15;
const MOST_DISTANCE_BITS = 11;

/** BTYPE 01, after a BFINAL bit that is not set. */
const FIXED_BLOCK = 1 << 1;
/** A code is kept with its length in so many bits below it. 0 is no code. */
const LENGTH_BITS = 5;
const LENGTH_MASK = (1 << LENGTH_BITS) - 1;

/** Section 3.2.6. Symbols that never occur have codes, too. */
const FIXED_LITERALS = new Uint8Array(288).fill(8).fill(9, 144, 256).fill(7, 256, 280);
const FIXED_DISTANCES = new Uint8Array(32).fill(5);

/** What is being made. */
const literalLengths = new Uint8Array(LITERAL_SYMBOLS);
const distanceLengths = new Uint8Array(DISTANCE_SYMBOLS);
const codes = new Uint16Array(FIXED_LITERALS.length);

export class BlockCodes {
  /** What a block of these codes begins with, and how many bits of it count. */
  #header: Uint8Array = Uint8Array.of(FIXED_BLOCK);
  #headerBits = 3;
  /** The code of each element, its extra bits included, and of each symbol of a distance. */
  readonly #elements: Int32Array = new Int32Array(ELEMENTS);
  readonly #distances: Int32Array = new Int32Array(DISTANCE_SYMBOLS);

  /** Section 3.2.6. */
  static fixed(): BlockCodes {
    const fixed = new BlockCodes();
    fixed.#take(FIXED_LITERALS, FIXED_DISTANCES);
    return fixed;
  }

  /**
   * Takes the codes that are shortest where symbols come as often as `known` says.
   *
   * @returns how many times as long as `block` one like it is when it begins to be shorter so than with the fixed codes
   */
  fit(known: SymbolCounts, block: SymbolCounts): number {
    codeLengths(known.literals, MOST_BITS, literalLengths);
    codeLengths(known.distances, MOST_DISTANCE_BITS, distanceLengths);
    ({ header: this.#header, bits: this.#headerBits } = lengthsHeader(literalLengths, distanceLengths));
    this.#take(literalLengths, distanceLengths);
    const saved =
      shorter(FIXED_LITERALS, literalLengths, block.literals) +
      shorter(FIXED_DISTANCES, distanceLengths, block.distances);
    return saved > 0 ? this.#headerBits / saved : Number.POSITIVE_INFINITY;
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
    writer.putAll(this.#header, this.#headerBits);
    const elements = this.#elements;
    const distances = this.#distances;
    const { view } = writer;
    let { bits, held, length } = writer;
    let missing = 0;
    for (let at = 0; at < count; at += 1) {
      const token = values[at] as number;
      const code = elements[token >> 16] as number;
      missing |= code - 1;
      bits |= (code >> LENGTH_BITS) << held;
      held += code & LENGTH_MASK;
      view.setInt32(length, bits, true);
      length += held >> 3;
      bits >>>= held & 0x18;
      held &= 7;
      if (token >> 16 < END_OF_BLOCK) continue;
      const less = token & 0xffff;
      const symbol = distanceSymbol(less);
      const extra = distanceExtra(symbol);
      const distance = distances[symbol] as number;
      missing |= distance - 1;
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
    const end = elements[END_OF_BLOCK] as number;
    writer.put(end >> LENGTH_BITS, end & LENGTH_MASK);
    return missing >= 0;
  }
}

/** By how many bits symbols so frequent are shorter in one code than in another. */
function shorter(longer: Uint8Array, lengths: Uint8Array, frequencies: Int32Array): number {
  let bits = 0;
  for (let symbol = 0; symbol < frequencies.length; symbol += 1) {
    bits += (frequencies[symbol] as number) * ((longer[symbol] as number) - (lengths[symbol] as number));
  }
  return bits;
}
