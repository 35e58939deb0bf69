import { describe, expect, it } from "vitest";
import { countRunner, countTotals, countVitest, totalsLine } from "../count-results.mjs";

describe("countRunner", () => {
  it("reads the summary of node --test", () => {
    const output = "✔ a\nℹ tests 9\nℹ suites 2\nℹ pass 7\nℹ fail 1\nℹ cancelled 1\nℹ skipped 1\nℹ todo 2\n";
    expect(countRunner("node", output, false)).toEqual({ passed: 7, failed: 2, skipped: 3 });
  });

  it("reads the summary of bun test", () => {
    const output = "(pass) a\n\n 6 pass\n 1 skip\n 2 fail\nRan 8 tests across 1 file. [45.00ms]\n";
    expect(countRunner("bun", output, false)).toEqual({ passed: 6, failed: 2, skipped: 1 });
  });

  it("counts the leaves of what deno test wrote", () => {
    const junit = [
      '<testcase name="alone" classname="x">\n</testcase>',
      '<testcase name="s" classname="x">\n<failure message="1 test step failed">1 test step failed.</failure></testcase>',
      '<testcase name="s &gt; good" classname="x">\n</testcase>',
      '<testcase name="s &gt; bad" classname="x">\n<failure message="no">no</failure></testcase>',
      '<testcase name="left" classname="x">\n<skipped/></testcase>',
    ].join("\n");
    expect(countRunner("deno", junit, false)).toEqual({ passed: 2, failed: 1, skipped: 1 });
  });

  it("takes a runner that fails without a failed test for a failure", () => {
    expect(countRunner("node", "ℹ pass 7\nℹ fail 0\n", false)).toEqual({ passed: 7, failed: 1, skipped: 0 });
  });

  it("takes a runner that ran nothing for a failure", () => {
    for (const runtime of ["node", "bun", "deno"] as const) {
      expect(countRunner(runtime, "", true)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    }
  });
});

describe("countTotals", () => {
  it("reads the last line of totals", () => {
    expect(countTotals("1 passed, 0 failed\nmore\n12 passed, 3 failed, 4 skipped\n", false)).toEqual({
      passed: 12,
      failed: 3,
      skipped: 4,
    });
  });

  it("takes a command without totals for a failure", () => {
    expect(countTotals("fine\n", true)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

describe("countVitest", () => {
  it("counts pending and todo as skipped", () => {
    const report = { numPassedTests: 5, numFailedTests: 0, numPendingTests: 1, numTodoTests: 1 };
    expect(countVitest(report, true)).toEqual({ passed: 5, failed: 0, skipped: 2 });
  });

  it("takes a threshold that was missed for a failure", () => {
    const report = { numPassedTests: 5, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 };
    expect(countVitest(report, false).failed).toBe(1);
  });

  it("takes a missing report for a failure", () => {
    expect(countVitest(undefined, true).failed).toBe(1);
  });
});

describe("totalsLine", () => {
  it("names skipped tests only where there are some", () => {
    expect(totalsLine({ passed: 3, failed: 0, skipped: 0 })).toBe("3 passed, 0 failed");
    expect(totalsLine({ passed: 3, failed: 1, skipped: 2 })).toBe("3 passed, 1 failed, 2 skipped");
  });
});
