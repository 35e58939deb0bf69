/**
 * The report as JUnit XML, in the form continuous-integration servers read: one `testsuite` a testee, one `testcase` a
 * case. A non-strict verdict is a pass with its observation in `system-out`: JUnit has no third colour.
 */

import { formatEntry } from "./format-entry.ts";
import type { Report, ReportCase, ReportResult, ReportTestee } from "./report-model.ts";

/** Log entries in a failure's text, counted from the end. */
const LOG_ENTRIES = 20;

/** UTF-8 XML 1.0 that ends with a newline. */
export function renderJunit(report: Report): string {
  const cases = new Map(report.cases.map((entry) => [entry.id, entry]));
  const results = report.testees.flatMap((testee) => testee.results);
  const failures = results.filter((result) => result.verdict === "fail").length;
  const skipped = results.filter((result) => result.verdict === "skipped").length;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escapeXml(report.generator)}" tests="${results.length}" failures="${failures}" ` +
      `skipped="${skipped}" errors="0" time="${seconds(report.durationMs)}">`,
    ...report.testees.flatMap((testee) => renderSuite(testee, cases, report.startedAt)),
    "</testsuites>",
  ];
  return `${lines.join("\n")}\n`;
}

function renderSuite(testee: ReportTestee, cases: ReadonlyMap<string, ReportCase>, startedAt: string): string[] {
  const name = escapeXml(`${testee.name} ${testee.role}`);
  return [
    `  <testsuite name="${name}" tests="${testee.results.length}" failures="${testee.counts.fail}" ` +
      `skipped="${testee.counts.skipped}" errors="0" time="${seconds(testee.durationMs)}" ` +
      `timestamp="${escapeXml(startedAt)}">`,
    ...testee.results.flatMap((result) => renderCase(result, cases.get(result.id), name)),
    "  </testsuite>",
  ];
}

function renderCase(result: ReportResult, about: ReportCase | undefined, suite: string): string[] {
  const title = escapeXml(about === undefined ? result.id : `${result.id} ${about.title}`);
  const open = `    <testcase classname="${suite}" name="${title}" time="${seconds(result.durationMs)}"`;
  switch (result.verdict) {
    case "pass":
      return [`${open}/>`];
    case "skipped":
      return [`${open}>`, `      <skipped message="${escapeXml(result.detail)}"/>`, "    </testcase>"];
    case "fail": {
      const log = result.log.entries.slice(-LOG_ENTRIES).map(formatEntry);
      const text = [`expected: ${about?.expectation ?? ""} (${about?.section ?? ""})`, ...log].join("\n");
      return [
        `${open}>`,
        `      <failure message="${escapeXml(result.detail)}">${escapeXml(text)}</failure>`,
        "    </testcase>",
      ];
    }
    default: {
      const text = `${result.verdict}: ${result.detail}`;
      return [`${open}>`, `      <system-out>${escapeXml(text)}</system-out>`, "    </testcase>"];
    }
  }
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

/** Escapes for text and attributes alike, and replaces what XML 1.0 section 2.2 cannot hold at all. */
export function escapeXml(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
      .replaceAll("\n", "&#10;")
      .replaceAll("\r", "&#13;")
      .replaceAll("\t", "&#9;")
  );
}
