/** The summary a person reads on a terminal: what failed, with expectation and observation, then the totals. */

import type { CaseResult, SuiteReport } from "../report.ts";
import type { Verdict } from "../verdict.ts";
import { VERDICTS } from "../verdict.ts";
import { escapeControls } from "./escape-controls.ts";
import { formatEntry } from "./format-entry.ts";

/** How the text is written. */
export interface TextReportOptions {
  /** Whether ANSI colours may be used; false by default. */
  readonly color?: boolean;
  /** Log entries shown below each failure, counted from the end; 12 by default. */
  readonly logEntries?: number;
}

const COLORS: Readonly<Record<Verdict, number>> = {
  pass: 32,
  "non-strict": 33,
  informational: 36,
  fail: 31,
  skipped: 90,
};

type Paint = (verdict: Verdict, text: string) => string;

/** Renders the reports as plain text that ends with a newline. */
export function renderText(reports: readonly SuiteReport[], options: TextReportOptions = {}): string {
  const paint: Paint = (verdict, text) =>
    options.color === true ? `\u001b[${COLORS[verdict]}m${text}\u001b[0m` : text;
  return reports.map((report) => `${describeReport(report, paint, options.logEntries ?? 12).join("\n")}\n`).join("\n");
}

function describeReport(report: SuiteReport, paint: Paint, logEntries: number): string[] {
  const { name, role, target } = report.testee;
  const told = (["fail", "non-strict"] as const).flatMap((verdict) =>
    report.results.filter((result) => result.verdict === verdict),
  );
  return [
    `${name} (${role}, ${target}), group ${report.group}, seed ${report.seed}`,
    "",
    ...told.flatMap((result) => [...describeResult(result, paint, logEntries), ""]),
    ...describeSkipped(report),
    `  ${describeTotals(report, paint)} in ${(report.durationMs / 1000).toFixed(1)} s`,
  ];
}

function describeResult(result: CaseResult, paint: Paint, logEntries: number): string[] {
  const lines = [
    `  ${paint(result.verdict, result.verdict.toUpperCase())} ${result.id} ${result.title} (${result.section})`,
    `    sent:     ${result.input}`,
    `    expected: ${result.expectation}`,
    ...result.reasons.map((reason) => `    observed: ${escapeControls(reason)}`),
  ];
  // What was permitted but not recommended is told; what it looked like is in the other reports.
  const run = result.runs.find(({ verdict }) => verdict === "fail");
  if (run === undefined || logEntries === 0) return lines;
  const shown = run.log.slice(-logEntries);
  lines.push(`    delivery: ${run.delivery}, seed ${run.seed}`);
  if (run.log.length > shown.length) lines.push(`      (${run.log.length - shown.length} earlier entries)`);
  return [...lines, ...shown.map((entry) => `      ${formatEntry(entry)}`)];
}

function describeSkipped(report: SuiteReport): string[] {
  const counts = new Map<string, number>();
  for (const result of report.results) {
    if (result.verdict !== "skipped") continue;
    const reason = result.reasons.join("; ");
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => `  skipped ${count}: ${escapeControls(reason)}`);
}

function describeTotals(report: SuiteReport, paint: Paint): string {
  return VERDICTS.filter((verdict) => report.totals[verdict] > 0)
    .map((verdict) => paint(verdict, `${report.totals[verdict]} ${verdict}`))
    .join(", ");
}
