import { DISTANCE_SYMBOLS, distanceSymbol, ELEMENT_SYMBOL, END_OF_BLOCK, LITERAL_SYMBOLS } from "./symbols.ts";
import type { Tokens } from "./tokens.ts";

/**
 * Matches come in all sizes. Those that will come sooner or later have a code at once: lengths up to 34, and distances from
 * 25 to the end of the window.
 */
const COMMON_LENGTHS = END_OF_BLOCK + 17;
const NEAREST_DISTANCES = 9;

/** How often each symbol comes. */
export class SymbolCounts {
  readonly literals: Int32Array = new Int32Array(LITERAL_SYMBOLS);
  readonly distances: Int32Array = new Int32Array(DISTANCE_SYMBOLS);

  /** As before anything was counted. */
  forget(windowBits: number): void {
    this.literals.fill(0).fill(1, END_OF_BLOCK, COMMON_LENGTHS);
    // Each power of two has two symbols.
    this.distances.fill(0).fill(1, NEAREST_DISTANCES, 2 * windowBits);
  }

  /** Counts what is in a block, and nothing else. */
  count({ values, count }: Tokens): void {
    const { literals, distances } = this;
    literals.fill(0);
    distances.fill(0);
    for (let at = 0; at < count; at += 1) {
      const token = values[at] as number;
      const symbol = ELEMENT_SYMBOL[token >> 16] as number;
      (literals[symbol] as number)++;
      if (symbol > END_OF_BLOCK) (distances[distanceSymbol(token & 0xffff)] as number)++;
    }
    literals[END_OF_BLOCK] = 1;
  }

  /** Takes a block into account, with as much weight as all before it; but what came once keeps a place. */
  learn(block: SymbolCounts): void {
    mix(this.literals, block.literals);
    mix(this.distances, block.distances);
  }
}

function mix(known: Int32Array, block: Int32Array): void {
  const now = sum(block);
  const share = now === 0 ? 1 : Math.min(1, now / sum(known));
  for (let symbol = 0; symbol < known.length; symbol += 1) {
    known[symbol] = Math.ceil((known[symbol] as number) * share) + (block[symbol] as number);
  }
}

function sum(counts: Int32Array): number {
  let all = 0;
  for (let symbol = 0; symbol < counts.length; symbol += 1) all += counts[symbol] as number;
  return all;
}
