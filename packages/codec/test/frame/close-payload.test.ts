import { describe, expect, it } from "vitest";
import { isWireCloseCode } from "../../src/frame/close-code.ts";
import { readClosePayload } from "../../src/frame/close-payload.ts";
import { closePayload, UsageError } from "../../src/index.ts";
import { hex, toHex } from "../_replay.ts";

describe("closePayload (RFC 6455 5.5.1)", () => {
  it("is code and reason, or nothing", () => {
    expect(toHex(closePayload(1000, "bye"))).toBe("03e8627965");
    expect(toHex(closePayload(4999, ""))).toBe("1387");
    expect(closePayload(undefined, "")).toHaveLength(0);
    expect(closePayload(1000, "x".repeat(123))).toHaveLength(125);
  });

  it("throws on what may not be sent (7.4)", () => {
    for (const [code, reason] of [
      [1005, ""],
      [1000, "x".repeat(124)],
      [1000, "é".repeat(62)],
      [undefined, "reason without code"],
      [Number.NaN, ""],
      [1000.5, ""],
      ["1000", ""],
      [1000n, ""],
      [Object.create(null), ""],
      [Symbol("1000"), ""],
      [1000, Object.create(null)],
      [1000, 5],
    ] as const) {
      expect(() => closePayload(code as never, reason as never)).toThrow(UsageError);
    }
  });
});

describe("isWireCloseCode (RFC 6455 7.4)", () => {
  it("allows 1000-1003, 1007-1014 and 3000-4999, and nothing else", () => {
    const allowed: number[] = [];
    for (let code = 0; code < 65536; code++) if (isWireCloseCode(code)) allowed.push(code);
    const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
    expect(allowed).toEqual([...range(1000, 1003), ...range(1007, 1014), ...range(3000, 4999)]);
  });
});

describe("readClosePayload", () => {
  it("reads code and reason, 1005 for none, and names the rule that is broken", () => {
    expect(readClosePayload(hex("03e8 c3a9"))).toEqual({ code: 1000, reason: "é" });
    expect(readClosePayload(hex(""))).toEqual({ code: 1005, reason: "" });
    expect(readClosePayload(hex("03"))).toBe("close-payload-length");
    expect(readClosePayload(hex("03ee"))).toBe("close-code-invalid");
    expect(readClosePayload(hex("03e8 c328"))).toBe("close-reason-utf8");
  });

  it("keeps a leading U+FEFF and a genuine U+FFFD", () => {
    expect(readClosePayload(hex("03e8 efbbbf 61 efbfbd"))).toEqual({ code: 1000, reason: "\ufeffa\ufffd" });
  });
});
