/**
 * The report as JUnit XML, in the form continuous-integration servers read: one `testsuite` a testee, one `testcase` a
 * case. A non-strict verdict is a pass with its observation in `system-out`: JUnit has no third colour.
 */

import type { CaseResult, SuiteReport } from "../report.ts";
import { escapeXml } from "./escape-xml.ts";
import { formatEntry } from "./format-entry.ts";

/** Log entries in a failure's text, counted from the end. */
const LOG_ENTRIES = 20;

/** UTF-8 XML 1.0 that ends with a newline. */
export function renderJunit(reports: readonly SuiteReport[]): string {
  const results = reports.flatMap((report) => report.results);
  const count = (verdict: string): number => results.filter((result) => result.verdict === verdict).length;
  const time = seconds(reports.reduce((sum, report) => sum + report.durationMs, 0));
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="WebSocket conformance" tests="${results.length}" failures="${count("fail")}" ` +
      `skipped="${count("skipped")}" errors="0" time="${time}">`,
    ...reports.flatMap(renderSuite),
    "</testsuites>",
  ];
  return `${lines.join("\n")}\n`;
}

function renderSuite(report: SuiteReport): string[] {
  const name = escapeXml(`${report.testee.name} ${report.testee.role}`);
  return [
    `  <testsuite name="${name}" tests="${report.results.length}" failures="${report.totals.fail}" ` +
      `skipped="${report.totals.skipped}" errors="0" time="${seconds(report.durationMs)}" ` +
      `timestamp="${escapeXml(report.startedAt)}">`,
    ...report.results.flatMap((result) => renderCase(result, name)),
    "  </testsuite>",
  ];
}

function renderCase(result: CaseResult, suite: string): string[] {
  const title = escapeXml(`${result.id} ${result.title}`);
  const open = `    <testcase classname="${suite}" name="${title}" time="${seconds(result.durationMs)}"`;
  if (result.verdict === "pass") return [`${open}/>`];
  const reasons = escapeXml(result.reasons.join("; "));
  return [`${open}>`, `      ${renderOutcome(result, reasons)}`, "    </testcase>"];
}

function renderOutcome(result: CaseResult, reasons: string): string {
  if (result.verdict === "skipped") return `<skipped message="${reasons}"/>`;
  if (result.verdict !== "fail") return `<system-out>${result.verdict}: ${reasons}</system-out>`;
  const run = result.runs.find(({ verdict }) => verdict === "fail");
  const log = run?.log.slice(-LOG_ENTRIES).map(formatEntry) ?? [];
  const about = `sent: ${result.input}\nexpected: ${result.expectation} (${result.section})`;
  const delivery = run === undefined ? "" : `delivery: ${run.delivery}, seed ${run.seed}`;
  return `<failure message="${reasons}">${escapeXml([about, delivery, ...log].join("\n"))}</failure>`;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}
