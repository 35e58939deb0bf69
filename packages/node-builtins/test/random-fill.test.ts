import { randomFill } from "@samewire/node-builtins";
import { describe, expect, it } from "vitest";

describe("randomFill", () => {
  it("fills every size whole", () => {
    for (const size of [0, 1, 4, 16, 4096, 70_000]) {
      const seen = new Uint8Array(size);
      // A byte stays zero in all of 40 rounds with a chance of 2^-320.
      for (let round = 0; round < 40; round++) {
        const bytes = new Uint8Array(size);
        randomFill(bytes);
        bytes.forEach((octet, index) => {
          seen[index] = (seen[index] as number) | octet;
        });
      }
      expect(seen.every((octet) => octet !== 0)).toBe(true);
    }
  });

  it("gives no bytes twice: as many equal masking keys as chance has (RFC 6455 section 5.3)", () => {
    const keys = new Set<number>();
    const key = new Uint8Array(4);
    const view = new DataView(key.buffer);
    const count = 200_000;
    for (let made = 0; made < count; made++) {
      randomFill(key);
      keys.add(view.getUint32(0));
    }
    // Among 200,000 keys of 32 bits, 4.7 equal pairs are expected; more than 25 have a chance of 10^-11.
    expect(count - keys.size).toBeLessThan(25);
  });

  it("writes nothing outside the view", () => {
    const memory = new Uint8Array(16);
    randomFill(memory.subarray(4, 8));
    expect([...memory.subarray(0, 4), ...memory.subarray(8)]).toEqual(Array(12).fill(0));
  });
});
