import { describe, expect, it } from "vitest";
import { surprises } from "../conformance/surprises.mjs";

const DEVIATION = { runtime: "bun", role: "server", id: "FR-3.1" } as const;

function report(...verdicts: readonly (readonly [id: string, verdict: string])[]): never {
  const results = verdicts.map(([id, verdict]) => ({ id, verdict, reasons: ["so it was"] }));
  return { testee: { role: "server" }, results } as never;
}

describe("surprises", () => {
  it("names failures and non-strict verdicts that are not listed", () => {
    const got = surprises(report(["FR-1.1", "pass"], ["FR-2.1t", "fail"], ["FR-3.1", "non-strict"]), "bun", []);
    expect(got).toEqual(["fail FR-2.1t: so it was", "non-strict FR-3.1: so it was"]);
  });

  it("is silent on those that are listed, for that runtime and role only", () => {
    expect(surprises(report(["FR-3.1", "fail"]), "bun", [DEVIATION])).toEqual([]);
    expect(surprises(report(["FR-3.1", "fail"]), "deno", [DEVIATION])).toHaveLength(1);
  });

  it.each(["pass", "informational"])("names a listed case that comes to %s", (verdict) => {
    const got = surprises(report(["FR-3.1", verdict]), "bun", [DEVIATION]);
    expect(got).toEqual(["FR-3.1 passes, though it is listed as a deviation"]);
  });
});
