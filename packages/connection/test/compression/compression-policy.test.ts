import { describe, expect, it } from "vitest";
import { clientCompression, serverCompression } from "../../src/compression/compression-policy.ts";
import { MemoryBudget, processBudget } from "../../src/compression/memory-budget.ts";
import { pakoEngine } from "../../src/compression/pako-engine.ts";

const runtime = { deflate: pakoEngine };
const OFFER = { name: "permessage-deflate", params: [] };
const MIB = 1 << 20;

describe("serverCompression", () => {
  it("is off unless asked for, and says so", () => {
    const [extension] = serverCompression(false, MIB, runtime);
    expect(extension?.accept([OFFER])).toEqual({ extension: "permessage-deflate", reason: "off" });
    expect(extension?.accept([])).toEqual({ extension: "permessage-deflate", reason: "off" });
  });

  it("checks its options at once", () => {
    expect(() => serverCompression({ level: 99 }, MIB, runtime)).toThrow(expect.objectContaining({ code: "option" }));
  });

  it("charges the process's budget, or its own", () => {
    const before = processBudget.used;
    const [shared] = serverCompression(true, MIB, runtime);
    const agreed = shared?.accept([OFFER]);
    expect(processBudget.used).toBeGreaterThan(before);
    if (agreed !== undefined && "release" in agreed) agreed.release();
    expect(processBudget.used).toBe(before);

    const budget = new MemoryBudget(10 * MIB);
    const [own] = serverCompression({ budget }, MIB, runtime);
    own?.accept([OFFER]);
    expect(budget.used).toBeGreaterThan(0);
    expect(processBudget.used).toBe(before);
  });

  it("takes a budget of bytes, and nothing that only looks like one", () => {
    for (const limit of [0, -1, Number.NaN, "1", null, undefined, {}]) {
      expect(() => new MemoryBudget(limit as never)).toThrow("positive number of bytes");
    }
  });

  it("judges the ratio of what is beyond the message limit only", () => {
    const decoded = (maxMessageSize: number): number | string => {
      const [extension] = serverCompression({ budget: new MemoryBudget(MIB) }, maxMessageSize, runtime);
      const agreed = extension?.accept([OFFER]);
      if (agreed === undefined || "reason" in agreed) throw new Error("declined");
      const deflater = pakoEngine().createDeflater({ windowBits: 15, level: 9, memLevel: 8 });
      let piece = deflater.deflate(new Uint8Array(2 * MIB), true).slice();
      let size = 0;
      do {
        const output = agreed.decode(piece, true, 65_536);
        if (output instanceof Error) return output.code;
        size += output.length;
        piece = new Uint8Array(0);
      } while (agreed.pending);
      return size;
    };
    expect(decoded(2 * MIB)).toBe(2 * MIB);
    expect(decoded(MIB)).toBe("deflate-ratio");
  });
});

describe("clientCompression", () => {
  it("is off unless asked for, and says so", () => {
    const [extension] = clientCompression(false, MIB, runtime);
    expect([extension?.offers, extension?.withheld]).toEqual([[], "off"]);
    expect(extension?.confirm(OFFER)).toEqual({ extension: "permessage-deflate", reason: "off" });
  });

  it("offers with the defaults or its own options", () => {
    expect(clientCompression(true, MIB, runtime)[0]?.offers[0]?.params).toEqual([["client_max_window_bits", true]]);
    const own = clientCompression({ serverMaxWindowBits: 10 }, MIB, runtime)[0];
    expect(own?.offers[0]?.params).toContainEqual(["server_max_window_bits", "10"]);
  });
});

describe("MemoryBudget", () => {
  it("has room for what is kept up to three quarters, and is full at the limit", () => {
    const budget = new MemoryBudget(1000);
    expect(budget.fits(750)).toBe(true);
    expect(budget.fits(751)).toBe(false);
    budget.charge(700);
    expect([budget.used, budget.fits(50), budget.fits(51), budget.full]).toEqual([700, true, false, false]);
    budget.charge(400);
    expect([budget.used, budget.full]).toEqual([1100, true]);
    budget.refund(101);
    expect(budget.full).toBe(false);
  });

  it("must be of some bytes", () => {
    for (const limit of [0, -1, Number.NaN]) expect(() => new MemoryBudget(limit)).toThrow("budget");
  });
});
