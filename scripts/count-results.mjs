/** Reads what a test runner says of itself. Nothing is counted that the runner did not count. */

/** @typedef {{ passed: number, failed: number, skipped: number }} Totals */
/** @param {string} output @param {RegExp} pattern the count is its first group @returns {number} */
function sumOf(output, pattern) {
  let sum = 0;
  for (const match of output.matchAll(pattern)) sum += Number(match[1]);
  return sum;
}

/**
 * What `deno test --junit-path` wrote: its summary line counts a `describe` as a test, so the leaves are counted here. A
 * step is named after its parents: "suite > test".
 *
 * @param {string} junit
 * @returns {Totals}
 */
function readJunit(junit) {
  const cases = [...junit.matchAll(/<testcase name="([^"]*)"[^>]*>([\s\S]*?)<\/testcase>/g)];
  const names = cases.map(([, name = ""]) => name);
  const leaves = cases.filter(([, name]) => !names.some((other) => other.startsWith(`${name} &gt; `)));
  const failed = leaves.filter(([, , body = ""]) => /<(failure|error)\b/.test(body)).length;
  const skipped = leaves.filter(([, , body = ""]) => body.includes("<skipped")).length;
  return { passed: leaves.length - failed - skipped, failed, skipped };
}

/**
 * What `node --test` (spec reporter) or `bun test` printed, or what `deno test` wrote as JUnit.
 *
 * @param {"node" | "bun" | "deno"} runtime
 * @param {string} output
 * @param {boolean} ok the exit code was 0
 * @returns {Totals}
 */
export function countRunner(runtime, output, ok) {
  if (runtime === "deno") return atLeastOneVerdict(readJunit(output), ok);
  const patterns =
    runtime === "node"
      ? [/^ℹ pass (\d+)$/gm, /^ℹ (?:fail|cancelled) (\d+)$/gm, /^ℹ (?:skipped|todo) (\d+)$/gm]
      : [/^ *(\d+) pass$/gm, /^ *(\d+) fail$/gm, /^ *(\d+) (?:skip|todo)$/gm];
  const [passed = 0, failed = 0, skipped = 0] = patterns.map((pattern) => sumOf(output, pattern));
  return atLeastOneVerdict({ passed, failed, skipped }, ok);
}

/**
 * A command of ours, which ends with its totals. A runner that fails without a failed test (a file that does not load, a
 * threshold that is missed) and one that found nothing to run count as one failure.
 *
 * @param {string} output
 * @param {boolean} ok
 * @returns {Totals}
 */
export function countTotals(output, ok) {
  const line = [...output.matchAll(/^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm)].at(-1);
  const [passed, failed, skipped] = [line?.[1], line?.[2], line?.[3]].map((digits) => Number(digits ?? 0));
  return atLeastOneVerdict({ passed: passed ?? 0, failed: failed ?? 0, skipped: skipped ?? 0 }, ok);
}

/**
 * Vitest, from the file its JSON reporter wrote.
 *
 * @param {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number } | undefined} report
 * @param {boolean} ok
 * @returns {Totals}
 */
export function countVitest(report, ok) {
  const totals = {
    passed: report?.numPassedTests ?? 0,
    failed: report?.numFailedTests ?? 0,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
  };
  return atLeastOneVerdict(totals, ok);
}

/** @param {Totals} totals @param {boolean} ok @returns {Totals} */
function atLeastOneVerdict(totals, ok) {
  if (totals.failed === 0 && (!ok || totals.passed === 0)) return { ...totals, failed: 1 };
  return totals;
}

/** @param {Totals} totals */
export const hasFailed = (totals) => totals.failed > 0;

/** The line every command of the project ends with. @param {Totals} totals */
export const totalsLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
