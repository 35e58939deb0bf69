import type { Results, ScenarioResult, SubjectResult } from "../results.ts";
import type { Spread } from "../statistics.ts";
import { judge, RULE, type Verdict } from "../targets.ts";
import {
  bound,
  DRIVER_LEGEND,
  driverText,
  machineLines,
  number,
  outcomeText,
  ratio,
  share,
  spread,
  summary,
  targetText,
} from "./format.ts";

const BAR = { label: 265, width: 380, height: 18, gap: 8, right: 315 } as const;

/** `docs/benchmarks/results.html`: one file with plots, no script and nothing to load. */
export function htmlReport(results: Results): string {
  const ids = [...new Set(results.scenarios.map(({ id }) => id))];
  const verdicts = judge(results);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>samewire: benchmarks</title>
<style>${STYLE}</style>
<h1>What a message costs</h1>
<ul>${machineLines(results)
    .map((line) => `<li>${escapeText(line)}</li>`)
    .join("")}</ul>
<p class="legend"><span class="ours"></span>samewire <span class="peer"></span>peer <span class="floor"></span>the least that JavaScript needs <span class="tcp"></span>plain TCP. Bars are medians; the line across one runs from the lowest round to the highest. Shorter is better.</p>
<p class="legend">${escapeText(DRIVER_LEGEND)}</p>
<h2>Targets</h2>
<p>${escapeText(RULE)} ${escapeText(summary(verdicts))}</p>
<table><tr><th>scenario<th>runtime<th>figure<th>target<th>ours / theirs<th></tr>
${verdicts.map(verdictRow).join("\n")}
</table>
${ids.map((id) => section(results.scenarios.filter((scenario) => scenario.id === id))).join("\n")}
</html>
`;
}

function verdictRow(verdict: Verdict): string {
  const { target, ratio: quotient, outcome } = verdict;
  const mark = outcome === "met" ? "met" : outcome === "not met" ? "missed" : "unknown";
  return `<tr><td>${target.scenario}<td>${target.runtime}<td>${target.figure}<td>${escapeText(targetText(target))}<td>${ratio(quotient)}<td><span class="${mark}">${outcomeText(verdict)}</span>${driverText(verdict)}</tr>`;
}

function section(runtimes: readonly ScenarioResult[]): string {
  const first = runtimes[0] as ScenarioResult;
  const idle = runtimes.some(({ subjects }) => subjects.some(({ figures }) => figures.perConnection !== undefined));
  const value = ({ figures }: SubjectResult): Spread =>
    idle ? scaled(figures.perConnection ?? figures.rss, 1024) : figures.cpu;
  const caption = idle ? "resident memory per connection, KiB" : `CPU per ${first.unit}, µs`;
  return `<h2 id="${first.id}">${escapeText(first.title)}</h2>
<p class="caption">${caption}${idle ? "" : `; at the right: ${first.unit}s a second, p50 / p99 in µs, and the part of the window in which the driver was busy`}</p>
${runtimes.map((scenario) => plot(scenario, value, idle)).join("\n")}`;
}

function scaled(figure: Spread, by: number): Spread {
  const divide = (part: number | null): number | null => (part === null ? null : part / by);
  return { median: divide(figure.median), min: divide(figure.min), max: divide(figure.max) };
}

function plot(scenario: ScenarioResult, value: (subject: SubjectResult) => Spread, idle: boolean): string {
  const subjects = scenario.subjects.filter(({ rounds }) => rounds.length > 0);
  const most = Math.max(...subjects.map((subject) => value(subject).max ?? 0), 1e-9);
  const x = (amount: number | null): number => Math.max(1, ((amount ?? 0) / most) * BAR.width);
  const row = BAR.height + BAR.gap;
  const height = subjects.length * row + 8;
  const bars = subjects.map((subject, index) => {
    const figure = value(subject);
    const y = index * row + 4;
    const middle = y + BAR.height / 2;
    const detail = idle
      ? ""
      : `${bound(subject.figures.rate, subject, "/s")}, ${bound(subject.figures.p50, subject)} / ${bound(subject.figures.p99, subject)}, driver ${share(subject.figures.driverLoad.median)}`;
    return `<text x="${BAR.label - 8}" y="${middle}" class="name">${escapeText(subject.label)}</text>
<rect x="${BAR.label}" y="${y}" width="${x(figure.median).toFixed(1)}" height="${BAR.height}" class="${subject.kind}"><title>${escapeText(subject.label)}: ${spread(figure)}</title></rect>
<path d="M${(BAR.label + x(figure.min)).toFixed(1)} ${middle}H${(BAR.label + x(figure.max)).toFixed(1)}" class="range"/>
<text x="${BAR.label + x(figure.max) + 6}" y="${middle}" class="amount">${number(figure.median)}<tspan class="detail" dx="10">${detail}</tspan></text>`;
  });
  const width = BAR.label + BAR.width + BAR.right;
  return `<h3>${scenario.runtime}</h3>
<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeText(scenario.title)} on ${scenario.runtime}">
${bars.join("\n")}
</svg>`;
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

const STYLE = `
:root { color-scheme: light dark; --ours: #0b7a75; --peer: #b5651d; --tcp: #8a8f98; --floor: #7a5ea8; --ink: #1d2127; --paper: #fff; --line: #d8dbe0; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ours: #3fb8af; --peer: #e0955a; --tcp: #767c86; --floor: #a98fd6; --ink: #e6e8eb; --paper: #16191d; --line: #363b43; --bad: #f2776f; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 960px; margin: 2rem auto; padding: 0 1rem; }
h2 { margin: 2.5rem 0 0; font-size: 1.1rem; border-top: 1px solid var(--line); padding-top: 1rem; }
h3 { margin: 0.8rem 0 0; font-size: 0.85rem; text-transform: uppercase; letter-spacing: 0.06em; opacity: 0.7; }
.caption { margin: 0; opacity: 0.7; font-size: 0.85rem; }
svg { max-width: 100%; height: auto; display: block; }
svg text { fill: var(--ink); font-size: 12px; dominant-baseline: central; font-variant-numeric: tabular-nums; }
svg .name { text-anchor: end; }
svg .detail { opacity: 0.6; font-size: 11px; }
.ours { fill: var(--ours); background: var(--ours); } .peer { fill: var(--peer); background: var(--peer); } .tcp { fill: var(--tcp); background: var(--tcp); }
.floor { fill: var(--floor); background: var(--floor); }
.range { stroke: var(--ink); stroke-width: 1; opacity: 0.55; }
.legend span { display: inline-block; width: 0.8em; height: 0.8em; margin: 0 0.3em 0 0.8em; border-radius: 2px; }
table { border-collapse: collapse; font-size: 0.85rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 0.2rem 0.8rem 0.2rem 0; border-bottom: 1px solid var(--line); }
.met { color: var(--ours); font-weight: 600; } .missed { color: var(--bad); font-weight: 600; } .unknown { opacity: 0.6; }
`;
