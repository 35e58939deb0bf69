/**
 * What a run or a case came to, best first.
 *
 * - `pass`: did what the RFC requires and recommends.
 * - `informational`: there is nothing to get wrong; the log says what the testee did.
 * - `non-strict`: allowed by the RFC, but against one of its SHOULDs; the reasons say which.
 * - `skipped`: not run, with the reason.
 * - `fail`: against a MUST or MUST NOT, or the testee hung.
 */
export type Verdict = "pass" | "informational" | "non-strict" | "skipped" | "fail";

/** All verdicts, in the order in which reports list them. */
export const VERDICTS: readonly Verdict[] = ["pass", "informational", "non-strict", "skipped", "fail"];

const SEVERITY: Readonly<Record<Verdict, number>> = {
  pass: 0,
  informational: 1,
  skipped: 2,
  "non-strict": 3,
  fail: 4,
};

/** The verdict of a whole whose parts came to `verdicts`: the most severe of them, `skipped` if there is none. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  const [first, ...rest] = verdicts;
  if (first === undefined) return "skipped";
  return rest.reduce<Verdict>((worst, next) => (SEVERITY[next] > SEVERITY[worst] ? next : worst), first);
}
