/** RFC 1951 section 3.2.5: how literals, lengths and distances are encoded, each as a symbol and some extra bits. */

/** Symbols of literals and lengths: 256 octets, the end of a block, 29 classes of length. */
export const LITERAL_SYMBOLS = 286;
export const DISTANCE_SYMBOLS = 30;
export const END_OF_BLOCK = 256;
/** The longest and the shortest match that there is a symbol for. */
export const MAX_MATCH = 258;
export const MIN_MATCH = 3;

/**
 * What a block consists of: an octet, its end, or a match of some length. They are counted through, octets by their value
 * and the length 3 as 257, so that all take the same path.
 */
export const ELEMENTS = 513;
/** Length of a match, plus this, is its element. */
export const LENGTH_ELEMENT: number = END_OF_BLOCK + 1 - MIN_MATCH;

/** The symbol of each element, and how many extra bits follow it, of which value. */
export const ELEMENT_SYMBOL: Uint16Array = new Uint16Array(ELEMENTS);
export const ELEMENT_EXTRA: Uint8Array = new Uint8Array(ELEMENTS);
export const ELEMENT_EXTRA_VALUE: Uint8Array = new Uint8Array(ELEMENTS);

function fillElements(): void {
  for (let element = 0; element <= END_OF_BLOCK; element += 1) ELEMENT_SYMBOL[element] = element;
  let element = END_OF_BLOCK + 1;
  for (let one = 0; element < ELEMENTS; one += 1) {
    const extra = one < 8 ? 0 : (one >> 2) - 1;
    for (let value = 0; value < 1 << extra && element < ELEMENTS; value += 1) {
      ELEMENT_SYMBOL[element] = END_OF_BLOCK + 1 + one;
      ELEMENT_EXTRA[element] = extra;
      ELEMENT_EXTRA_VALUE[element] = value;
      element += 1;
    }
  }
  // 258 has a symbol for itself, without extra bits, though the one before would reach it.
  ELEMENT_SYMBOL[ELEMENTS - 1] = LITERAL_SYMBOLS - 1;
  ELEMENT_EXTRA[ELEMENTS - 1] = 0;
  ELEMENT_EXTRA_VALUE[ELEMENTS - 1] = 0;
}

fillElements();

/** The symbol of a distance, which is given less one: each power of two from 2 on is halved, by the bit after the highest. */
export function distanceSymbol(less: number): number {
  if (less < 2) return less;
  const extra = 30 - Math.clz32(less);
  return 2 * extra + 2 + ((less >> extra) & 1);
}

/** How many extra bits follow the symbol of a distance: the lowest of the distance less one. */
export function distanceExtra(symbol: number): number {
  return symbol < 4 ? 0 : (symbol >> 1) - 1;
}
