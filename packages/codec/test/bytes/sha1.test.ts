import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { sha1 } from "../../src/bytes/sha1.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("sha1", () => {
  it("gives the vectors of FIPS 180", () => {
    const digest = (text: string) => hex(sha1(new TextEncoder().encode(text)));
    expect(digest("")).toBe("da39a3ee5e6b4b0d3255bfef95601890afd80709");
    expect(digest("abc")).toBe("a9993e364706816aba3e25717850c26c9cd0d89d");
    expect(digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")).toBe(
      "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
    );
    expect(digest("a".repeat(1_000_000))).toBe("34aa973cd4c4daa4f61eeb2bdbad27316534016f");
  });

  it("agrees with the runtime's own digest on every length to 260", () => {
    for (let length = 0; length <= 260; length++) {
      const message = randomBytes(length);
      expect(hex(sha1(message))).toBe(createHash("sha1").update(message).digest("hex"));
    }
  });

  it("reads only its view of a larger buffer", () => {
    const block = randomBytes(64).subarray(3, 40);
    expect(hex(sha1(block))).toBe(createHash("sha1").update(block).digest("hex"));
  });
});
