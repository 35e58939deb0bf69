/** RFC 1951 section 3.2.7: what a block with codes of its own begins with: the lengths of these codes. */
import { BitWriter } from "./bit-writer.ts";
import { canonicalCodes, codeLengths } from "./huffman.ts";
import { DISTANCE_SYMBOLS, LITERAL_SYMBOLS } from "./symbols.ts";

/** BTYPE 10, after a BFINAL bit that is not set. */
const DYNAMIC_BLOCK = 2 << 1;
/** The lengths are themselves encoded, in an alphabet of lengths and repetitions: the bits of its longest code. */
const LONGEST = 7;
/** How many symbols that alphabet has. */
const SYMBOLS = 19;
/** The order in which the lengths of their codes are given. */
const ORDER = Uint8Array.of(16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15);
/** The last length again, or zeroes, a number of times: what that number exceeds the least by is in the extra bits. */
const REPEAT = { symbol: 16, least: 3, most: 6, bits: 2 } as const;
const ZEROES = { symbol: 17, least: 3, most: 10, bits: 3 } as const;
const MANY_ZEROES = { symbol: 18, least: 11, most: 138, bits: 7 } as const;

/** No header is longer: 14 bits, the lengths of all codes of lengths, and each length in the longest of these. */
const writer = new BitWriter(384);
/** The lengths of both alphabets one after the other, as runs go from one to the other. */
const all = new Uint8Array(LITERAL_SYMBOLS + DISTANCE_SYMBOLS);
/** The same in symbols, each with its extra bits and how many. */
const symbols = new Uint8Array(all.length);
const extra = new Uint8Array(all.length);
const extraBits = new Uint8Array(all.length);
let count = 0;
const frequencies = new Int32Array(SYMBOLS);
const lengths = new Uint8Array(SYMBOLS);
const codes = new Uint16Array(SYMBOLS);

/** The beginning of a block whose literals and distances have codes of these lengths, and how many bits of it count. */
export function lengthsHeader(literals: Uint8Array, distances: Uint8Array): { header: Uint8Array; bits: number } {
  const literalsUsed = used(literals);
  const distancesUsed = used(distances);
  all.set(literals.subarray(0, literalsUsed));
  all.set(distances.subarray(0, distancesUsed), literalsUsed);
  findRuns(literalsUsed + distancesUsed);
  codeLengths(frequencies, LONGEST, lengths);
  canonicalCodes(lengths, codes);
  let said = SYMBOLS;
  while (lengths[ORDER[said - 1] as number] === 0) said -= 1;

  writer.rewind(0, 0, 0);
  writer.put(DYNAMIC_BLOCK, 3);
  writer.put(literalsUsed - 257, 5);
  writer.put(distancesUsed - 1, 5);
  writer.put(said - 4, 4);
  for (let at = 0; at < said; at += 1) writer.put(lengths[ORDER[at] as number] as number, 3);
  for (let at = 0; at < count; at += 1) {
    const symbol = symbols[at] as number;
    writer.put(codes[symbol] as number, lengths[symbol] as number);
    writer.put(extra[at] as number, extraBits[at] as number);
  }
  const bits = 8 * writer.length + writer.held;
  writer.align();
  return { header: writer.take().slice(), bits };
}

/** How many symbols there are up to the last that has a code. */
function used(lengths: Uint8Array): number {
  let used = lengths.length;
  while (lengths[used - 1] === 0) used -= 1;
  return used;
}

/** Makes symbols of the first `end` of all lengths. */
function findRuns(end: number): void {
  frequencies.fill(0);
  count = 0;
  for (let at = 0; at < end; ) {
    const length = all[at] as number;
    let next = at + 1;
    while (next < end && all[next] === length) next += 1;
    let left = next - at;
    at = next;
    if (length > 0) {
      say(length);
      left -= 1;
    }
    while (left >= 3) {
      const run = length > 0 ? REPEAT : left < MANY_ZEROES.least ? ZEROES : MANY_ZEROES;
      const times = Math.min(left, run.most);
      say(run.symbol, times - run.least, run.bits);
      left -= times;
    }
    for (; left > 0; left -= 1) say(length);
  }
}

function say(symbol: number, value: number = 0, bits: number = 0): void {
  symbols[count] = symbol;
  extra[count] = value;
  extraBits[count] = bits;
  count += 1;
  (frequencies[symbol] as number)++;
}
