/**
 * What a block says before it is put in codes: each a literal or a match. Its element (see `symbols.ts`) is in the upper
 * half, and the distance of a match, less one, in the lower.
 */
export class Tokens {
  readonly values: Int32Array;
  count: number = 0;

  /** @param most octets of a block: it has no more tokens than these */
  constructor(most: number) {
    this.values = new Int32Array(most);
  }
}
