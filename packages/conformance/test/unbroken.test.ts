import { describe, expect, it } from "vitest";
import { judge } from "./mutations/judge.ts";

const WHOLE = new Set<never>();

describe("the unbroken testees", () => {
  it.each(["server", "client"] as const)("pass every core case as a %s", { timeout: 120_000 }, async (role) => {
    const { results, totals } = await judge({ role, faults: WHOLE, ids: [] });
    const wrong = results.filter(({ verdict }) => verdict === "fail" || verdict === "non-strict");
    expect(wrong.map(({ id, reasons }) => `${id}: ${reasons.join("; ")}`)).toEqual([]);
    expect(totals.pass).toBeGreaterThan(300);
  });
});
