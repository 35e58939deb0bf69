import { describe, expect, it } from "vitest";
import { decodeText, encodeUtf8, OutputBuffer } from "../../src/index.ts";
import { hex } from "../_replay.ts";

describe("decodeText (RFC 6455 8.1)", () => {
  it("keeps a leading U+FEFF and a genuine U+FFFD, and refuses what is not UTF-8", () => {
    expect(decodeText(hex("efbbbf61"), 0, 4)).toBe("\ufeffa");
    expect(decodeText(hex("00efbfbd00"), 1, 4)).toBe("\ufffd");
    expect(decodeText(hex("61ff"), 0, 2)).toBeUndefined();
    expect(decodeText(hex("efbfbdff"), 0, 4)).toBeUndefined();
    expect(decodeText(hex("e282ac"), 0, 2)).toBeUndefined();
  });
});

describe("encodeUtf8", () => {
  it("makes U+FFFD of lone surrogates", () => {
    expect([...encodeUtf8("\ud800")]).toEqual([0xef, 0xbf, 0xbd]);
  });

  it("gives exactly the bytes of any text, whatever it begins or ends with", () => {
    for (const length of [0, 1, 2, 3, 100, 20_000]) {
      for (const [before, after] of [
        ["", ""],
        ["é", ""],
        ["", "é"],
        ["😀", "語"],
        ["aa\ud83d", "\ude00"],
        ["語".repeat(length), "\udc00"],
      ] as const) {
        const text = `${before}${"x".repeat(length)}${after}`;
        expect(Buffer.compare(encodeUtf8(text), Buffer.from(text))).toBe(0);
      }
    }
  });
});

describe("OutputBuffer", () => {
  it("grows, and gives everything once", () => {
    const output = new OutputBuffer();
    output.attach(new Uint8Array(3000).fill(1));
    output.attach(new Uint8Array(10).fill(2));
    const taken = output.take();
    expect(taken).toHaveLength(3010);
    expect(taken[3009]).toBe(2);
    expect(output.take()).toHaveLength(0);
  });
});
