import { describe, expect, it } from "vitest";
import { median, rounded, spreadOf } from "../src/statistics.ts";

describe("statistics", () => {
  it("takes the middle value, or the mean of the two in the middle", () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it("keeps four significant digits", () => {
    expect(rounded(123_456.789)).toBe(123_500);
    expect(rounded(0.000_123_456)).toBe(0.000_123_5);
  });

  it("leaves out rounds in which a figure could not be taken", () => {
    expect(spreadOf([3, Number.NaN, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
    expect(spreadOf([Number.NaN])).toEqual({ median: null, min: null, max: null });
  });
});
