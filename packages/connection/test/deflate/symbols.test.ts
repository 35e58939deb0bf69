import { describe, expect, it } from "vitest";
import {
  distanceExtra,
  distanceSymbol,
  ELEMENT_EXTRA,
  ELEMENT_EXTRA_VALUE,
  ELEMENT_SYMBOL,
  LENGTH_ELEMENT,
} from "../../src/deflate/symbols.ts";

describe("elements", () => {
  it("are octets by themselves", () => {
    for (const octet of [0, 65, 255, 256]) expect([ELEMENT_SYMBOL[octet], ELEMENT_EXTRA[octet]]).toEqual([octet, 0]);
  });

  // RFC 1951 section 3.2.5, the first table: length, symbol, extra bits, their value.
  it.each([
    [3, 257, 0, 0],
    [10, 264, 0, 0],
    [11, 265, 1, 0],
    [12, 265, 1, 1],
    [18, 268, 1, 1],
    [19, 269, 2, 0],
    [66, 276, 3, 7],
    [115, 280, 4, 0],
    [131, 281, 5, 0],
    [226, 283, 5, 31],
    [227, 284, 5, 0],
    [257, 284, 5, 30],
    [258, 285, 0, 0],
  ])("a length of %i is symbol %i", (length, symbol, extra, value) => {
    const element = length + LENGTH_ELEMENT;
    expect([ELEMENT_SYMBOL[element], ELEMENT_EXTRA[element], ELEMENT_EXTRA_VALUE[element]]).toEqual([
      symbol,
      extra,
      value,
    ]);
  });
});

describe("distanceSymbol", () => {
  // The second table: distance, symbol, extra bits, their value.
  it.each([
    [1, 0, 0, 0],
    [2, 1, 0, 0],
    [3, 2, 0, 0],
    [4, 3, 0, 0],
    [5, 4, 1, 0],
    [6, 4, 1, 1],
    [7, 5, 1, 0],
    [9, 6, 2, 0],
    [256, 15, 6, 63],
    [257, 16, 7, 0],
    [384, 16, 7, 127],
    [385, 17, 7, 0],
    [24_577, 29, 13, 0],
    [32_768, 29, 13, 8191],
  ])("of %i is %i", (distance, symbol, extra, value) => {
    expect(distanceSymbol(distance - 1)).toBe(symbol);
    expect(distanceExtra(symbol)).toBe(extra);
    expect((distance - 1) & ((1 << extra) - 1)).toBe(value);
  });
});
