/** The summary a person reads on a terminal: what failed, with expectation and observation, then the totals. */

import { formatEntry } from "./format-entry.ts";
import type { Report, ReportCase, ReportResult, ReportTestee, ReportVerdict } from "./report-model.ts";
import { REPORT_VERDICTS } from "./report-model.ts";

export interface TextReportOptions {
  /** Whether ANSI colours may be used; false by default. */
  readonly color?: boolean;
  /** Log entries shown below each failure, counted from the end; 12 by default. */
  readonly logEntries?: number;
}

const COLORS: Readonly<Record<ReportVerdict, number>> = {
  pass: 32,
  "non-strict": 33,
  informational: 36,
  fail: 31,
  skipped: 90,
};

/** Renders the whole report as plain text that ends with a newline. */
export function renderText(report: Report, options: TextReportOptions = {}): string {
  const paint = (verdict: ReportVerdict, text: string): string =>
    options.color === true ? `\u001b[${COLORS[verdict]}m${text}\u001b[0m` : text;
  const cases = new Map(report.cases.map((entry) => [entry.id, entry]));
  const lines: string[] = [];
  for (const testee of report.testees) {
    lines.push(`${testee.name} (${testee.role}, ${testee.target})`, "");
    for (const verdict of ["fail", "non-strict"] as const) {
      for (const result of testee.results) {
        if (result.verdict !== verdict) continue;
        lines.push(...describe(result, cases.get(result.id), paint, options.logEntries ?? 12), "");
      }
    }
    lines.push(...describeSkipped(testee), `  ${describeCounts(testee, paint)} in ${seconds(testee.durationMs)}`, "");
  }
  return `${lines.join("\n")}\n`.replace(/\n+$/, "\n");
}

function describe(
  result: ReportResult,
  about: ReportCase | undefined,
  paint: (verdict: ReportVerdict, text: string) => string,
  logEntries: number,
): string[] {
  const delivery = result.delivery === undefined ? "" : ` [${result.delivery}]`;
  const lines = [`  ${paint(result.verdict, result.verdict.toUpperCase())} ${result.id} ${about?.title ?? ""}${delivery}`];
  if (about !== undefined) lines.push(`    expected: ${about.expectation} (${about.section})`);
  lines.push(`    observed: ${result.detail}`);
  const shown = logEntries === 0 ? [] : result.log.entries.slice(-logEntries);
  const earlier = result.log.entries.length - shown.length;
  if (earlier > 0 && shown.length > 0) lines.push(`      … ${earlier} earlier entries`);
  for (const entry of shown) lines.push(`      ${formatEntry(entry)}`);
  if (result.log.left > 0 && shown.length > 0) lines.push(`      … ${result.log.left} entries not kept`);
  return lines;
}

function describeSkipped(testee: ReportTestee): string[] {
  const reasons = new Map<string, number>();
  for (const result of testee.results) {
    if (result.verdict === "skipped") reasons.set(result.detail, (reasons.get(result.detail) ?? 0) + 1);
  }
  return [...reasons].map(([reason, count]) => `  skipped ${count}: ${reason}`);
}

function describeCounts(testee: ReportTestee, paint: (verdict: ReportVerdict, text: string) => string): string {
  return REPORT_VERDICTS.filter((verdict) => testee.counts[verdict] > 0)
    .map((verdict) => paint(verdict, `${testee.counts[verdict]} ${verdict}`))
    .join(", ");
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
