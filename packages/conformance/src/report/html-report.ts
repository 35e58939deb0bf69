/**
 * The report as one HTML page that needs nothing else: style, behaviour and data are inside it, and its own content
 * security policy forbids everything from outside. What peers sent reaches the page as packed JSON and is shown as text only.
 */

import type { SuiteReport } from "../report.ts";
import { VERDICTS } from "../verdict.ts";
import { escapeXml } from "./escape-xml.ts";
import { readPageAsset, readPageModules } from "./page-asset.ts";
import { pageData } from "./page-data.ts";

/** Renders the page: at most about 8 MiB for any run whose failures are counted in hundreds. */
export function renderHtml(reports: readonly SuiteReport[]): string {
  const results = reports.reduce((sum, report) => sum + report.results.length, 0);
  const [first] = reports.map((report) => report.startedAt).sort();
  const date = (first ?? "").replace("T", " ").replace(/\.\d+Z$/, " UTC");
  const versions = new Set(reports.map(({ suite }) => `${suite.name} ${suite.version}`));
  const data = pageData(reports);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>WebSocket conformance report</title>
<style>
${readPageAsset("report.css")}${readPageAsset("report-detail.css")}</style>
</head>
<body>
<header>
<h1>WebSocket conformance</h1>
<p class="about">${data.cases} cases, ${results} results, ${escapeXml(date)}, ${escapeXml([...versions].join(", "))}</p>
<div class="cards">
${reports.map(renderTestee).join("\n")}
</div>
</header>
<main>
<div class="filters" role="group" aria-label="Filters">
<button class="chip" type="button" data-role="server" aria-pressed="true">Servers</button>
<button class="chip" type="button" data-role="client" aria-pressed="false">Clients</button>
<input id="search" type="search" placeholder="Search id, title, section" aria-label="Search">
<select id="group" aria-label="Group">
<option value="">All groups</option>
<option value="core">core</option>
<option value="thorough">thorough</option>
</select>
${VERDICTS.map(renderChip).join("\n")}
<button class="chip" type="button" id="differing" aria-pressed="false">differing only</button>
<span class="shown" id="shown" aria-live="polite"></span>
</div>
<div class="matrix" id="matrix"><noscript><p>The matrix needs JavaScript; the figures above do not.</p></noscript></div>
<footer>Times are milliseconds since the start of a run, as the suite saw them. Press a cell for its wire log.</footer>
</main>
<dialog aria-label="Case"></dialog>
<script type="text/plain" id="report">${data.packed}</script>
<script type="module">
${readPageModules(["report-log.js", "report.js"])}</script>
</body>
</html>
`;
}

function renderTestee(report: SuiteReport): string {
  const { name, role, target } = report.testee;
  const present = VERDICTS.filter((verdict) => report.totals[verdict] > 0);
  const bars = present.map((verdict) => `<span class="${verdict}" style="flex:${report.totals[verdict]}"></span>`);
  const counts = present.map((verdict) => `<b>${report.totals[verdict]}</b> ${verdict}`);
  return `<section class="card">
<h2>${escapeXml(name)} ${role}</h2>
<div class="target" title="${escapeXml(target)}">${escapeXml(target)}</div>
<div class="bar" aria-hidden="true">${bars.join("")}</div>
<p>${counts.join(", ")} in ${(report.durationMs / 1000).toFixed(1)} s</p>
</section>`;
}

function renderChip(verdict: string): string {
  return `<button class="chip" type="button" data-verdict="${verdict}" aria-pressed="false">${verdict}</button>`;
}
