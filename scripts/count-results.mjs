/** Reads what a test runner says of itself. Nothing is counted that the runner did not count. */

/** @typedef {{ passed: number, failed: number, skipped: number }} Totals */
/** @typedef {"check" | "node" | "bun" | "deno" | "totals"} TextCount */

/** @param {string} output @param {RegExp} pattern the count is its first group @returns {number} */
function sumOf(output, pattern) {
  let sum = 0;
  for (const match of output.matchAll(pattern)) sum += Number(match[1]);
  return sum;
}

/** @param {TextCount} kind @param {string} output @param {boolean} ok the exit code was 0 @returns {Totals} */
function read(kind, output, ok) {
  switch (kind) {
    case "check":
      return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
    case "node":
      return {
        passed: sumOf(output, /^(?:#|ℹ) pass (\d+)$/gm),
        failed: sumOf(output, /^(?:#|ℹ) (?:fail|cancelled) (\d+)$/gm),
        skipped: sumOf(output, /^(?:#|ℹ) (?:skipped|todo) (\d+)$/gm),
      };
    case "bun":
      return {
        passed: sumOf(output, /^ *(\d+) pass$/gm),
        failed: sumOf(output, /^ *(\d+) fail$/gm),
        skipped: sumOf(output, /^ *(\d+) (?:skip|todo)$/gm),
      };
    case "deno": {
      // A `describe` is one test to Deno and each `it` in it a step; where there are steps, they are the tests.
      const steps = sumOf(output, /\| \d+ passed \((\d+) steps?\)/gm);
      const failedSteps = sumOf(output, /\| \d+ failed \((\d+) steps?\)/gm);
      return {
        passed: steps || sumOf(output, /\| (\d+) passed/gm),
        failed: failedSteps || sumOf(output, /\| (\d+) failed/gm),
        skipped: sumOf(output, /\| (\d+) ignored/gm),
      };
    }
    case "totals": {
      const line = [...output.matchAll(/^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm)].at(-1);
      if (line === undefined) return { passed: 0, failed: 1, skipped: 0 };
      return { passed: Number(line[1]), failed: Number(line[2]), skipped: Number(line[3] ?? 0) };
    }
    default:
      throw new Error(`"${kind}" is not a way to count`);
  }
}

/**
 * What a run came to. A runner that fails without a failed test (a file that does not load, a threshold that is missed) and
 * one that found nothing to run count as one failure.
 *
 * @param {TextCount} kind
 * @param {string} output
 * @param {boolean} ok
 * @returns {Totals}
 */
export function countResults(kind, output, ok) {
  return atLeastOneVerdict(read(kind, output, ok), ok);
}

/**
 * The same for Vitest, from the file its JSON reporter wrote.
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
