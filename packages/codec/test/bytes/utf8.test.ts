import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isValidUtf8, Utf8Validator } from "../../src/bytes/utf8.ts";

const fatal = new TextDecoder("utf-8", { fatal: true });

function decodes(bytes: Uint8Array): boolean {
  try {
    fatal.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** The well-formed sequences of RFC 3629 section 4, one row each: the range of every octet. */
const ROWS = [
  [[0x00, 0x7f]],
  [
    [0xc2, 0xdf],
    [0x80, 0xbf],
  ],
  [
    [0xe0, 0xe0],
    [0xa0, 0xbf],
    [0x80, 0xbf],
  ],
  [
    [0xe1, 0xec],
    [0x80, 0xbf],
    [0x80, 0xbf],
  ],
  [
    [0xed, 0xed],
    [0x80, 0x9f],
    [0x80, 0xbf],
  ],
  [
    [0xee, 0xef],
    [0x80, 0xbf],
    [0x80, 0xbf],
  ],
  [
    [0xf0, 0xf0],
    [0x90, 0xbf],
    [0x80, 0xbf],
    [0x80, 0xbf],
  ],
  [
    [0xf1, 0xf3],
    [0x80, 0xbf],
    [0x80, 0xbf],
    [0x80, 0xbf],
  ],
  [
    [0xf4, 0xf4],
    [0x80, 0x8f],
    [0x80, 0xbf],
    [0x80, 0xbf],
  ],
] as const;

/** How many octets a fail-fast validator takes before the first bad one, or -1 if all are good so far. */
function firstBad(bytes: Uint8Array): number {
  let at = 0;
  for (;;) {
    if (at === bytes.length) return -1;
    let longest = 0;
    let complete = 0;
    for (const row of ROWS) {
      let taken = 0;
      while (taken < row.length && at + taken < bytes.length) {
        const octet = bytes[at + taken];
        if (octet < row[taken]![0] || octet > row[taken]![1]) break;
        taken++;
      }
      longest = Math.max(longest, taken);
      if (taken === row.length) complete = taken;
    }
    if (complete === 0) return at + longest === bytes.length ? -1 : at + longest;
    at += complete;
  }
}

/** Feeds one octet at a time. */
function refusedAt(bytes: Uint8Array): number {
  const validator = new Utf8Validator();
  for (let at = 0; at < bytes.length; at++) {
    if (!validator.write(bytes, at, at + 1)) return at;
  }
  return -1;
}

const EDGES = [
  0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef,
  0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf8, 0xff,
];

/** For the third octet and the fourth, of which only the two top bits matter. */
const TAILS = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0xbf, 0xc2, 0xe1, 0xff];

describe("Utf8Validator", () => {
  it("UT-1: accepts and refuses every combination of up to four edge octets as RFC 3629 does", () => {
    const bytes = new Uint8Array(4);
    for (const a of EDGES) {
      for (const b of EDGES) {
        for (const c of TAILS) {
          for (const d of TAILS) {
            bytes.set([a, b, c, d]);
            const expected = firstBad(bytes);
            const valid = decodes(bytes);
            if (isValidUtf8(bytes, 0, 4) !== valid || refusedAt(bytes) !== expected) {
              expect.fail(`${bytes.join(" ")}: valid ${valid}, first bad ${expected}, refused at ${refusedAt(bytes)}`);
            }
          }
        }
      }
    }
  });

  it.each([
    ["overlong solidus", [0xc0, 0xaf], 0],
    ["overlong solidus in three octets", [0xe0, 0x80, 0xaf], 1],
    ["overlong solidus in four octets", [0xf0, 0x80, 0x80, 0xaf], 1],
    ["largest overlong of two octets", [0xc1, 0xbf], 0],
    ["surrogate D800", [0xed, 0xa0, 0x80], 1],
    ["surrogate pair", [0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80], 1],
    ["U+110000", [0xf4, 0x90, 0x80, 0x80], 1],
    ["five-octet form", [0xf8, 0x88, 0x80, 0x80, 0x80], 0],
    ["six-octet form", [0xfc, 0x84, 0x80, 0x80, 0x80, 0x80], 0],
    ["lone continuation", [0x80], 0],
    ["lead after lead", [0xe2, 0xe2], 1],
    ["FE", [0xfe], 0],
    ["FF", [0xff], 0],
    ["the autobahn sequence", [0xce, 0xba, 0xe1, 0xbd, 0xb9, 0xcf, 0x83, 0xed, 0xa0, 0x80], 8],
  ] as const)("UT-2: fails at the first bad octet: %s", (_title, octets, at) => {
    const bytes = Uint8Array.from(octets);
    expect(refusedAt(bytes)).toBe(at);
    expect(new Utf8Validator().write(bytes, 0, bytes.length)).toBe(false);
    expect(isValidUtf8(bytes, 0, bytes.length)).toBe(false);
    // Everything before the octet is still good, whichever way it is cut.
    expect(new Utf8Validator().write(bytes, 0, at)).toBe(true);
  });

  it("UT-6: takes four-octet characters cut at every offset", () => {
    const bytes = new TextEncoder().encode("\u{1F600}\u{10FFFF}\u{10000}");
    for (let cut = 0; cut <= bytes.length; cut++) {
      const validator = new Utf8Validator();
      expect(validator.write(bytes, 0, cut)).toBe(true);
      expect(validator.end()).toBe(cut % 4 === 0);
      expect(validator.write(bytes, cut, bytes.length)).toBe(true);
      expect(validator.end()).toBe(true);
    }
  });

  it("takes an empty piece inside a sequence", () => {
    const validator = new Utf8Validator();
    const euro = Uint8Array.of(0xe2, 0x82, 0xac);
    expect(validator.write(euro, 0, 1)).toBe(true);
    expect(validator.write(euro, 1, 1)).toBe(true);
    expect(validator.write(euro, 1, 3)).toBe(true);
    expect(validator.end()).toBe(true);
  });

  it("finds one bad octet anywhere in long ASCII, at any alignment", () => {
    for (let offset = 0; offset < 8; offset++) {
      for (const length of [7, 127, 128, 129, 160, 300]) {
        const bytes = new Uint8Array(new ArrayBuffer(400), offset, length).fill(0x61);
        expect(isValidUtf8(bytes, 0, length)).toBe(true);
        for (let at = 0; at < length; at++) {
          bytes[at] = 0x80;
          expect(isValidUtf8(bytes, 0, length)).toBe(false);
          expect(isValidUtf8(bytes, 0, at)).toBe(true);
          expect(isValidUtf8(bytes, at + 1, length)).toBe(true);
          bytes[at] = 0x61;
        }
      }
    }
  });

  it("any split of any text gives the same answer (property)", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary", maxLength: 400 }).map((text) => new TextEncoder().encode(text)),
          fc.uint8Array({ maxLength: 40 }),
        ),
        fc.array(fc.nat(400), { maxLength: 6 }),
        fc.nat(7),
        (text, cuts, offset) => {
          const bytes = new Uint8Array(new ArrayBuffer(text.length + 8), offset, text.length);
          bytes.set(text);
          const at = [0, ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b), text.length];
          const validator = new Utf8Validator();
          let good = true;
          for (let piece = 1; good && piece < at.length; piece++) {
            good = validator.write(bytes, at[piece - 1]!, at[piece]!);
          }
          expect(good).toBe(firstBad(bytes) === -1);
          const whole = decodes(bytes);
          expect(isValidUtf8(bytes, 0, bytes.length)).toBe(whole);
          expect(good && validator.end()).toBe(whole);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
