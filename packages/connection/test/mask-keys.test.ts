import { randomFillSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Runtime } from "../src/index.ts";
import { MaskKeys } from "../src/sending/mask-keys.ts";

const runtime = { randomFill: (bytes: Uint8Array) => randomFillSync(bytes) } as unknown as Runtime;

describe("MaskKeys (RFC 6455 5.3 and 10.3)", () => {
  it("MK-8 gives keys without pattern: repeats, octets and order as chance has them", () => {
    const count = 1_000_000;
    const source = new MaskKeys(runtime);
    const seen = new Set<number>();
    const octets = new Float64Array(1024);
    let repeats = 0;
    let serial = 0;
    let last = 0;
    for (let i = 0; i < count; i++) {
      const key = source.next();
      if (seen.has(key)) repeats++;
      seen.add(key);
      for (let octet = 0; octet < 4; octet++) (octets[octet * 256 + ((key >>> (8 * octet)) & 0xff)] as number)++;
      const value = key / 2 ** 31;
      serial += value * last;
      last = value;
    }
    // 10^12 / 2^33 pairs are to be expected: 116, with a deviation of 11.
    expect(repeats).toBeGreaterThanOrEqual(60);
    expect(repeats).toBeLessThanOrEqual(180);
    for (let octet = 0; octet < 4; octet++) {
      let chiSquare = 0;
      for (let value = 0; value < 256; value++) {
        chiSquare += ((octets[octet * 256 + value] as number) - count / 256) ** 2 / (count / 256);
      }
      // 255 degrees of freedom: p between 0.0001 and 0.9999.
      expect(chiSquare).toBeGreaterThan(178);
      expect(chiSquare).toBeLessThan(348);
    }
    expect(Math.abs(serial / count)).toBeLessThan(0.005);
  });

  it("MK-10 keeps its pool to itself, and wipes each key as it is given", () => {
    const pools: Uint8Array[] = [];
    const source = new MaskKeys({
      randomFill: (bytes: Uint8Array) => {
        pools.push(bytes);
        randomFillSync(bytes);
      },
    } as unknown as Runtime);
    source.next();
    source.next();
    expect(Object.values(source).filter((value) => typeof value !== "function")).toEqual([]);
    expect(pools[0]?.subarray(0, 8)).toEqual(new Uint8Array(8));
    expect(pools[0]?.subarray(8).some((octet) => octet !== 0)).toBe(true);
  });
});
