/**
 * What is wrong with a report: verdicts that nobody expected, and expected ones that did not come.
 *
 * @param {import("@samewire/conformance").SuiteReport} report
 * @param {string} runtime
 * @param {readonly { runtime: string, role: "server" | "client", id: string }[]} deviations
 * @returns {string[]}
 */
export function surprises(report, runtime, deviations) {
  const known = new Set(
    deviations.filter((entry) => entry.runtime === runtime && entry.role === report.testee.role).map(({ id }) => id),
  );
  return report.results.flatMap(({ id, verdict, reasons }) => {
    const wrong = verdict === "fail" || verdict === "non-strict";
    if (wrong && !known.has(id)) return [`${verdict} ${id}: ${reasons.join("; ").slice(0, 300)}`];
    return !wrong && known.has(id) ? [`${id} passes, though it is listed as a deviation`] : [];
  });
}
