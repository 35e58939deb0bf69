import { describe, expect, it } from "vitest";
import { canonicalCodes, codeLengths } from "../../src/deflate/huffman.ts";

function lengthsOf(frequencies: readonly number[], limit: number): number[] {
  // Whatever was there must not matter.
  const lengths = new Uint8Array(frequencies.length).fill(9);
  codeLengths(Int32Array.from(frequencies), limit, lengths);
  return [...lengths];
}

/** How many of all codes are taken: 1 where they are used up. */
const taken = (lengths: readonly number[]): number =>
  lengths.reduce((sum, length) => sum + (length === 0 ? 0 : 2 ** -length), 0);

const sizeOf = (frequencies: readonly number[], lengths: readonly number[]): number =>
  frequencies.reduce((sum, frequency, symbol) => sum + frequency * (lengths[symbol] ?? 0), 0);

/** The size in the shortest codes, in the obvious way: each joining of the two lightest adds what they weigh. */
function least(frequencies: readonly number[]): number {
  const weights = frequencies.filter((frequency) => frequency > 0);
  let size = 0;
  while (weights.length > 1) {
    weights.sort((one, other) => one - other);
    const both = (weights.shift() as number) + (weights.shift() as number);
    size += both;
    weights.push(both);
  }
  return size;
}

function* material(): Generator<number[]> {
  let state = 12_345;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  for (let round = 0; round < 300; round += 1) {
    const symbols = 2 + next(285);
    const most = [2, 5, 60, 70, 300, 40_000][round % 6] as number;
    yield Array.from({ length: symbols }, () => (next(3) === 0 ? 0 : next(most)));
  }
}

describe("codeLengths", () => {
  it("uses every code up, and takes as little room as there can be", () => {
    for (const frequencies of material()) {
      if (frequencies.filter((frequency) => frequency > 0).length < 2) continue;
      const lengths = lengthsOf(frequencies, 24);
      expect(taken(lengths)).toBe(1);
      expect(sizeOf(frequencies, lengths)).toBe(least(frequencies));
      expect(lengths.map((length) => length > 0)).toEqual(frequencies.map((frequency) => frequency > 0));
    }
  });

  it("keeps within the limit, still using every code up, and takes little more room", () => {
    for (const limit of [9, 11, 15]) {
      for (const frequencies of material()) {
        if (frequencies.filter((frequency) => frequency > 0).length < 2) continue;
        const lengths = lengthsOf(frequencies, limit);
        expect(Math.max(...lengths)).toBeLessThanOrEqual(limit);
        expect(taken(lengths)).toBe(1);
        expect(sizeOf(frequencies, lengths)).toBeLessThan(least(frequencies) * 1.05 + 10);
      }
    }
  });

  it("does so for the frequencies whose codes are longest", () => {
    const frequencies = [1, 1];
    while (frequencies.length < 40) frequencies.push((frequencies.at(-1) as number) + (frequencies.at(-2) as number));
    expect(Math.max(...lengthsOf(frequencies, 30))).toBe(30);
    for (const limit of [6, 7, 11, 15]) {
      const lengths = lengthsOf(frequencies, limit);
      expect(Math.max(...lengths)).toBe(limit);
      expect(taken(lengths)).toBe(1);
    }
  });

  it("gives two codes where one symbol or none occurs", () => {
    expect(lengthsOf([0, 0, 5, 0], 15)).toEqual([1, 0, 1, 0]);
    expect(lengthsOf([5, 0, 0], 15)).toEqual([1, 1, 0]);
    expect(lengthsOf([0, 0, 0], 15)).toEqual([1, 1, 0]);
  });
});

describe("canonicalCodes", () => {
  it("gives the codes of the example in RFC 1951 section 3.2.2, their first bit lowest", () => {
    const codes = new Uint16Array(9).fill(7);
    canonicalCodes(Uint8Array.of(3, 3, 3, 3, 3, 2, 4, 4, 0), codes);
    const bits = ["010", "011", "100", "101", "110", "00", "1110", "1111"];
    expect([...codes]).toEqual([...bits.map((code) => Number.parseInt([...code].reverse().join(""), 2)), 0]);
  });
});
