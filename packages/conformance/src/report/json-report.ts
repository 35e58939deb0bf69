/**
 * The report as JSON: `{ schema, version, reports }`, where `reports` holds one `SuiteReport` (see `report.ts`) per testee
 * and role. `version` is raised whenever a member changes its meaning or goes away; a new optional member does not raise it.
 */

import type { SuiteReport } from "../report.ts";

/** The value of `schema` in a JSON report. */
export const REPORT_SCHEMA = "samewire-conformance-report";
/** The value of `version` in a JSON report that this release writes. */
export const REPORT_VERSION = 1;

/** What a JSON report holds. */
export interface JsonReport {
  readonly schema: typeof REPORT_SCHEMA;
  readonly version: typeof REPORT_VERSION;
  readonly reports: readonly SuiteReport[];
}

/** Two-space indented JSON that ends with a newline. */
export function renderJson(reports: readonly SuiteReport[]): string {
  const report: JsonReport = { schema: REPORT_SCHEMA, version: REPORT_VERSION, reports };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

/**
 * Reads what {@link renderJson} wrote, so that the reports of several runs can be put on one page.
 *
 * @throws {TypeError} when the text is no report of this version.
 */
export function parseJsonReport(text: string): readonly SuiteReport[] {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) throw new TypeError("a report is a JSON object");
  const { schema, version, reports } = value as Partial<JsonReport>;
  if (schema !== REPORT_SCHEMA) throw new TypeError(`a report's schema is ${REPORT_SCHEMA}`);
  if (version !== REPORT_VERSION)
    throw new TypeError(`a report's version must be ${REPORT_VERSION}, not ${String(version)}`);
  if (!Array.isArray(reports)) throw new TypeError("a report has a list of reports");
  return reports as readonly SuiteReport[];
}
