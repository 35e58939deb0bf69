import { DISTANCE_SYMBOLS, distanceSymbol, ELEMENT_SYMBOL, END_OF_BLOCK, LITERAL_SYMBOLS } from "./symbols.ts";
import type { Tokens } from "./tokens.ts";

/** Matches come in all sizes. Those that will come sooner or later have a code at once: lengths up to 34, and distances from 25 on. */
const COMMON_LENGTHS = END_OF_BLOCK + 17;
const NEAREST_DISTANCES = 9;

/** How often each symbol comes. */
export class SymbolCounts {
  readonly literals: Int32Array = new Int32Array(LITERAL_SYMBOLS);
  readonly distances: Int32Array = new Int32Array(DISTANCE_SYMBOLS);

  constructor() {
    this.forget();
  }

  /** As before anything was counted: the short lengths and all distances but the nearest are taken to have come once. */
  forget(): void {
    this.literals.fill(0).fill(1, END_OF_BLOCK, COMMON_LENGTHS);
    this.distances.fill(0).fill(1, NEAREST_DISTANCES);
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

  /** Takes others into account, and what was before by half; but what came once is never forgotten. */
  learn(others: SymbolCounts): void {
    age(this.literals, others.literals);
    age(this.distances, others.distances);
  }
}

function age(known: Int32Array, others: Int32Array): void {
  for (let symbol = 0; symbol < known.length; symbol += 1) {
    const before = known[symbol] as number;
    known[symbol] = (before >> 1) + (before & 1) + (others[symbol] as number);
  }
}
