import type { Results, ScenarioResult, SubjectResult } from "../results.ts";
import { judge, RULE, type Verdict } from "../targets.ts";
import {
  bound,
  DRIVER_LEGEND,
  driverText,
  kibibytes,
  machineLines,
  measurements,
  number,
  outcomeText,
  plainTcp,
  ratio,
  share,
  spread,
  summary,
  targetText,
} from "./format.ts";

/** `docs/benchmarks.md`: what the figures mean, the targets, and every scenario. */
export function markdownReport(results: Results): string {
  const verdicts = judge(results);
  return [
    "# Benchmarks",
    "",
    "Made by `pnpm bench`; a page with plots is [benchmarks/results.html](benchmarks/results.html), the figures are in",
    "[benchmarks/results.json](benchmarks/results.json). How it is measured, and what it does not tell, is in",
    "[benchmarks/method.md](benchmarks/method.md).",
    "",
    ...machineLines(results).map((line) => `- ${line}`),
    "",
    "## Targets",
    "",
    `${RULE}`,
    "",
    summary(verdicts),
    "",
    "| scenario | runtime | figure | target | ours | theirs | ours / theirs | ours / plain TCP | |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ...verdicts.map(verdictRow),
    "",
    "## Scenarios",
    "",
    "Medians, with the lowest and highest round in parentheses. CPU is the time that the process under test spent, user and kernel, per message; driver is the part of the window in which the driver was busy.",
    "",
    DRIVER_LEGEND,
    ...scenarioIds(results).flatMap((id) =>
      scenarioSection(results.scenarios.filter((scenario) => scenario.id === id)),
    ),
    "",
  ].join("\n");
}

function scenarioIds(results: Results): readonly string[] {
  return [...new Set(results.scenarios.map(({ id }) => id))];
}

function verdictRow(verdict: Verdict): string {
  const { target, ours, theirs, tcp, ratio: quotient, outcome } = verdict;
  const show = target.figure === "perConnection" ? kibibytes : number;
  const unit = {
    cpu: "CPU, us",
    p50: "p50, us",
    p99: "p99, us",
    received: "bytes",
    perConnection: "RSS, KiB",
    growth: "x",
  }[target.figure];
  const toTcp = target.figure === "cpu" && ours !== null && tcp !== null ? ratio(ours / tcp) : "–";
  return `| ${target.scenario} | ${target.runtime} | ${unit} | ${targetText(target)} | ${show(ours)} | ${show(theirs)} | ${ratio(quotient)} | ${toTcp} | ${outcome === "met" ? outcomeText(verdict) : `**${outcomeText(verdict)}**`}${driverText(verdict)} |`;
}

function scenarioSection(runtimes: readonly ScenarioResult[]): readonly string[] {
  const first = runtimes[0] as ScenarioResult;
  const idle = runtimes.some(({ subjects }) => subjects.some(({ figures }) => figures.perConnection !== undefined));
  return [
    "",
    `### ${first.id}`,
    "",
    `${first.title}. ${measurements(runtimes)}`,
    "",
    ...(idle ? idleTable(runtimes) : loadTable(runtimes, first.unit)),
  ];
}

function loadTable(runtimes: readonly ScenarioResult[], unit: string): readonly string[] {
  const bytes = runtimes.some(({ subjects }) => subjects.some(({ figures }) => figures.extensions !== ""));
  return [
    `| runtime | | CPU per ${unit}, us | user | kernel | / plain TCP | ${unit}s a second | p50, us | p99, us | driver | RSS, MiB |${bytes ? " bytes in / out | agreed |" : ""}`,
    `| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |${bytes ? " --- | --- |" : ""}`,
    ...runtimes.flatMap((scenario) =>
      scenario.subjects.map((subject) => {
        const { figures, failure } = subject;
        const name = subject.kind === "ours" ? `**${subject.label}**` : subject.label;
        if (failure !== undefined)
          return `| ${scenario.runtime} | ${name} | failed: ${failure.replaceAll("|", "/").split("\n")[0]} |`;
        const cells = [
          spread(figures.cpu),
          number(figures.user.median),
          number(figures.system.median),
          toTcp(scenario, subject),
          bound(figures.rate, subject),
          bound(figures.p50, subject),
          bound(figures.p99, subject),
          share(figures.driverLoad.median),
          number((figures.rss.median ?? Number.NaN) / 1_048_576),
          ...(bytes
            ? [`${number(figures.sent.median)} / ${number(figures.received.median)}`, figures.extensions || "–"]
            : []),
        ];
        return `| ${scenario.runtime} | ${name} | ${cells.join(" | ")} |`;
      }),
    ),
  ];
}

function idleTable(runtimes: readonly ScenarioResult[]): readonly string[] {
  return [
    "| runtime | | RSS per connection, KiB | without collecting garbage first, KiB | RSS of the process, MiB |",
    "| --- | --- | --- | --- | --- |",
    ...runtimes.flatMap((scenario) =>
      scenario.subjects.map(({ label, kind, figures, failure }) => {
        const name = kind === "ours" ? `**${label}**` : label;
        if (failure !== undefined)
          return `| ${scenario.runtime} | ${name} | failed: ${failure.replaceAll("|", "/").split("\n")[0]} |`;
        const { perConnection, perConnectionUncollected } = figures;
        return `| ${scenario.runtime} | ${name} | ${kibibytes(perConnection?.median ?? null)} (${kibibytes(perConnection?.min ?? null)}–${kibibytes(perConnection?.max ?? null)}) | ${kibibytes(perConnectionUncollected?.median ?? null)} | ${number((figures.rss.median ?? Number.NaN) / 1_048_576)} |`;
      }),
    ),
  ];
}

function toTcp(scenario: ScenarioResult, subject: SubjectResult): string {
  const tcp = plainTcp(scenario)?.figures.cpu.median ?? null;
  const own = subject.figures.cpu.median;
  return tcp === null || own === null ? "–" : ratio(own / tcp);
}
