/**
 * An inflater for tests alone (RFC 1951): short, slow, and strict about what zlib lets pass. It tells the largest distance
 * that a stream refers back to, over message boundaries too, so that a window of exactly so many bytes can be proven.
 */
export class StrictInflater {
  /** Everything inflated so far. */
  readonly output: number[] = [];
  largestDistance = 0;

  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;

  /** Takes one message, with the `00 00 ff ff` that it goes without. @returns what it inflates to */
  message(compressed: Uint8Array): Uint8Array {
    this.#bytes = Uint8Array.from([...compressed, 0x00, 0x00, 0xff, 0xff]);
    this.#at = 0;
    const start = this.output.length;
    while (this.#at < this.#bytes.length * 8) this.#block();
    return Uint8Array.from(this.output.slice(start));
  }

  #bits(count: number): number {
    let value = 0;
    for (let bit = 0; bit < count; bit += 1, this.#at += 1) {
      const byte = this.#bytes[this.#at >> 3];
      if (byte === undefined) throw new Error("the stream ends inside a block");
      value |= ((byte >> (this.#at & 7)) & 1) << bit;
    }
    return value;
  }

  #block(): void {
    if (this.#bits(1) === 1) throw new Error("a final block, which we never send");
    const type = this.#bits(2);
    if (type === 0) this.#stored();
    else if (type === 1) this.#compressed(codeOf(FIXED_LENGTHS), codeOf(new Array<number>(30).fill(5)));
    else if (type === 2) this.#dynamic();
    else throw new Error("a reserved type of block");
  }

  #stored(): void {
    this.#at = (this.#at + 7) & ~7;
    const length = this.#bits(16);
    if (length !== (~this.#bits(16) & 0xffff)) throw new Error("a stored block's lengths do not agree");
    for (let count = 0; count < length; count += 1) this.output.push(this.#bits(8));
  }

  #dynamic(): void {
    const literals = this.#bits(5) + 257;
    const distances = this.#bits(5) + 1;
    const count = this.#bits(4) + 4;
    const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    const lengths = new Array<number>(19).fill(0);
    for (const symbol of order.slice(0, count)) lengths[symbol] = this.#bits(3);
    const code = codeOf(lengths);
    const all: number[] = [];
    while (all.length < literals + distances) {
      const symbol = this.#symbol(code);
      if (symbol < 16) all.push(symbol);
      else if (symbol === 16) all.push(...new Array<number>(this.#bits(2) + 3).fill(all.at(-1) ?? 0));
      else all.push(...new Array<number>(symbol === 17 ? this.#bits(3) + 3 : this.#bits(7) + 11).fill(0));
    }
    this.#compressed(codeOf(all.slice(0, literals)), codeOf(all.slice(literals)));
  }

  #compressed(literals: Map<number, number>, distances: Map<number, number>): void {
    for (;;) {
      const symbol = this.#symbol(literals);
      if (symbol === 256) return;
      if (symbol < 256) {
        this.output.push(symbol);
        continue;
      }
      const length = this.#length(symbol);
      const distance = this.#distance(this.#symbol(distances));
      if (distance > this.output.length) throw new Error(`a distance of ${distance} before the beginning`);
      this.largestDistance = Math.max(this.largestDistance, distance);
      for (let copied = 0; copied < length; copied += 1) this.output.push(this.output.at(-distance) as number);
    }
  }

  /** Section 3.2.5. */
  #length(symbol: number): number {
    if (symbol === 285) return 258;
    if (symbol < 265) return symbol - 254;
    const extra = (symbol - 261) >> 2;
    return ((4 + ((symbol - 265) & 3)) << extra) + 3 + this.#bits(extra);
  }

  #distance(symbol: number): number {
    if (symbol < 4) return symbol + 1;
    const extra = (symbol - 2) >> 1;
    return ((2 + (symbol & 1)) << extra) + 1 + this.#bits(extra);
  }

  #symbol(code: Map<number, number>): number {
    // A leading 1 keeps codes of different lengths apart.
    let key = 1;
    for (let length = 1; length <= 15; length += 1) {
      key = (key << 1) | this.#bits(1);
      const symbol = code.get(key);
      if (symbol !== undefined) return symbol;
    }
    throw new Error("no such code");
  }
}

const FIXED_LENGTHS = Array.from({ length: 288 }, (_, symbol) =>
  symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8,
);

/** Section 3.2.2: the code that these lengths mean, each code with a leading 1. */
function codeOf(lengths: readonly number[]): Map<number, number> {
  const code = new Map<number, number>();
  let next = 0;
  for (let length = 1; length <= 15; length += 1) {
    next <<= 1;
    lengths.forEach((one, symbol) => {
      if (one === length) code.set((1 << length) | next++, symbol);
    });
  }
  return code;
}
