/** The report as JSON: the model in `report-model.ts`, with its schema's name and version first. */

import type { Report } from "./report-model.ts";
import { REPORT_SCHEMA, REPORT_VERSION } from "./report-model.ts";

/** Two-space indented JSON that ends with a newline. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

/**
 * Reads what `renderJson` wrote.
 *
 * @throws {TypeError} when the text is no report of this version; a merge of reports must not guess.
 */
export function parseJsonReport(text: string): Report {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) throw new TypeError("A report is a JSON object.");
  const { schema, version, cases, testees } = value as Partial<Report>;
  if (schema !== REPORT_SCHEMA) throw new TypeError(`The report's schema must be ${REPORT_SCHEMA}.`);
  if (version !== REPORT_VERSION) throw new TypeError(`The report's version must be ${REPORT_VERSION}, not ${version}.`);
  if (!Array.isArray(cases) || !Array.isArray(testees)) throw new TypeError("A report has cases and testees.");
  return value as Report;
}

/**
 * Joins the reports of several runs into one, for a page that shows all testees side by side.
 *
 * @throws {TypeError} when there is none.
 */
export function mergeReports(reports: readonly Report[]): Report {
  const [first] = reports;
  if (first === undefined) throw new TypeError("At least one report is needed.");
  const cases = new Map(reports.flatMap((report) => report.cases.map((entry) => [entry.id, entry])));
  return {
    ...first,
    startedAt: reports.map((report) => report.startedAt).sort()[0] as string,
    durationMs: reports.reduce((total, report) => total + report.durationMs, 0),
    cases: [...cases.values()],
    testees: reports.flatMap((report) => report.testees),
  };
}
