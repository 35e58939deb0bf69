import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { encodeBase64, isBase64Of16Bytes } from "../../src/bytes/base64.ts";

describe("encodeBase64", () => {
  it("gives the vectors of RFC 4648 section 10", () => {
    const encode = (text: string) => encodeBase64(new TextEncoder().encode(text));
    expect(["", "f", "fo", "foo", "foob", "fooba", "foobar"].map(encode)).toEqual([
      "",
      "Zg==",
      "Zm8=",
      "Zm9v",
      "Zm9vYg==",
      "Zm9vYmE=",
      "Zm9vYmFy",
    ]);
  });

  it("agrees with the runtime's own encoder on every length to 64 and every octet", () => {
    for (let length = 0; length <= 64; length++) {
      const bytes = randomBytes(length);
      expect(encodeBase64(bytes)).toBe(bytes.toString("base64"));
    }
    const all = Uint8Array.from({ length: 256 }, (_, octet) => octet);
    expect(encodeBase64(all)).toBe(Buffer.from(all).toString("base64"));
  });
});

describe("isBase64Of16Bytes", () => {
  it("takes every encoding of 16 bytes", () => {
    for (let n = 0; n < 300; n++) expect(isBase64Of16Bytes(encodeBase64(randomBytes(16)))).toBe(true);
    for (let last = 0; last < 256; last++) {
      expect(isBase64Of16Bytes(encodeBase64(new Uint8Array(16).fill(last)))).toBe(true);
    }
  });

  it.each([
    ["empty", ""],
    ["15 bytes", encodeBase64(new Uint8Array(15))],
    ["17 bytes", encodeBase64(new Uint8Array(17))],
    ["no padding", "dGhlIHNhbXBsZSBub25jZQ"],
    ["one padding character", "dGhlIHNhbXBsZSBub25jZQ="],
    ["three padding characters", "dGhlIHNhbXBsZSBub25jZ==="],
    ["a character of base64url", "dGhlIHNhbXBsZSBub25j-Q=="],
    ["a space inside", "dGhlIHNhbXBs SBub25jZQ=="],
    ["bits set that no byte fills", "dGhlIHNhbXBsZSBub25jZR=="],
    ["a character over 7F", "dGhlIHNhbXBsZSBub25j\u00e9Q=="],
    ["padding inside", "dGhlIHNhbXB=ZSBub25jZQ=="],
  ])("refuses %s", (_title, text) => {
    expect(isBase64Of16Bytes(text)).toBe(false);
  });
});
