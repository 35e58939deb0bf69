import {
  BUSY_DRIVER,
  isDriverBound,
  type Measurement,
  type Results,
  type ScenarioResult,
  type SubjectResult,
} from "../results.ts";
import type { Spread } from "../statistics.ts";
import { PLAIN_TCP_FLOOR, type Target, type Verdict } from "../targets.ts";

/** Three significant digits, no exponent. */
export function number(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString("en", {
    minimumFractionDigits: Math.min(digits, 3),
    maximumFractionDigits: Math.min(digits, 3),
  });
}

export function kibibytes(bytes: number | null): string {
  return bytes === null ? "–" : number(bytes / 1024);
}

export function spread(figure: Spread): string {
  return `${number(figure.median)} (${number(figure.min)}–${number(figure.max)})`;
}

export function ratio(value: number | null): string {
  return value === null || !Number.isFinite(value) ? "–" : `${value.toFixed(2)} x`;
}

export function share(value: number | null): string {
  return value === null ? "–" : value.toFixed(2);
}

/** The plain TCP figure that others are compared with, if it was measured. */
export function plainTcp(scenario: ScenarioResult): SubjectResult | undefined {
  return scenario.subjects.find(({ kind, failure }) => kind === "tcp" && failure === undefined);
}

/** Follows a rate or a latency that is the driver's. */
const DRIVER_MARK = " †";

export const DRIVER_LEGEND: string = `† The driver was busy for ${BUSY_DRIVER} of the window or more: rate, p50 and p99 are bound by what it could do, and a faster subject would not show in them. CPU is read from the subject alone.`;

/** A rate or a latency of a subject, marked where it is bound by the driver. */
export function bound(value: Spread, { figures }: SubjectResult, unit = ""): string {
  return `${number(value.median)}${unit}${value.median !== null && isDriverBound(figures) ? DRIVER_MARK : ""}`;
}

const BY_PLAIN_TCP = `${PLAIN_TCP_FLOOR} x plain TCP`;

/** The outcome, and what else has to be known about it. */
export function outcomeText({ outcome, byPlainTcp }: Verdict): string {
  return byPlainTcp ? `${outcome} (${BY_PLAIN_TCP})` : outcome;
}

export function driverText({ driverBound }: Verdict): string {
  return driverBound ? ", driver-bound" : "";
}

export function summary(verdicts: readonly Verdict[]): string {
  const count = (holds: (verdict: Verdict) => boolean): number => verdicts.filter(holds).length;
  const byPlainTcp = count((verdict) => verdict.byPlainTcp);
  const driverBound = count((verdict) => verdict.driverBound);
  return [
    `${count(({ outcome }) => outcome === "met")} met`,
    ...(byPlainTcp === 0 ? [] : [`${byPlainTcp} of them by ${BY_PLAIN_TCP}`]),
    `${count(({ outcome }) => outcome === "not met")} not met`,
    `${count(({ outcome }) => outcome === "not measured")} not measured.${driverBound === 0 ? "" : ` ${driverBound} ${driverBound === 1 ? "is" : "are"} driver-bound (†, below).`}`,
  ].join(", ");
}

export function targetText(target: Target): string {
  const name = target.against.split("/").slice(1).join("/");
  if (target.plus !== undefined) return `<= ${name} + ${target.plus / 1024} KiB`;
  if (target.figure === "growth") return `growth from ${target.from} <= ${target.ratio} x that of ${name}`;
  return `<= ${target.ratio} x ${name}${target.aim === undefined ? "" : ` (aim ${target.aim})`}`;
}

export function machineLines(results: Results): readonly string[] {
  const { machine } = results;
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.kernel}`,
    Object.entries(machine.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", "),
    machine.pinned
      ? "The subject runs on one core, the driver on another."
      : "Processes were not pinned to cores: the figures are less steady than they could be.",
    measured(results),
  ];
}

/** Rounds and dates of one scenario: for each runtime, and in parentheses of subjects, where they differ. */
export function measurements(runtimes: readonly ScenarioResult[]): string {
  const byText = grouped(runtimes.map((scenario) => [runtimeText(scenario), scenario.runtime]));
  if (byText.size === 1) return `${[...byText.keys()][0]}.`;
  return `${[...byText].map(([text, names]) => `${names.join(", ")}: ${text}`).join("; ")}.`;
}

function runtimeText(scenario: ScenarioResult): string {
  const kept = scenario.subjects.flatMap(({ label, measured }) =>
    measured === undefined ? [] : [[measurementText(measured), label] as const],
  );
  const others = [...grouped(kept)].map(([text, labels]) => `${labels.join(", ")}: ${text}`);
  return `${measurementText(scenario)}${others.length === 0 ? "" : ` (${others.join("; ")})`}`;
}

function grouped(pairs: readonly (readonly [key: string, name: string])[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const [key, name] of pairs) groups.set(key, [...(groups.get(key) ?? []), name]);
  return groups;
}

function measurementText({ rounds, date }: Measurement): string {
  return `${rounds} round${rounds === 1 ? "" : "s"}, ${date}`;
}

function measured({ scenarios }: Results): string {
  const all = scenarios.flatMap((scenario) => scenario.subjects.map((subject) => subject.measured ?? scenario));
  const dates = [...new Set(all.map(({ date }) => date))].sort();
  const fewest = Math.min(...all.map(({ rounds }) => rounds));
  const quick = all.some((measurement) => measurement.quick);
  const when = dates.length > 1 ? `${dates[0]} to ${dates.at(-1)}` : `${dates[0] ?? "nothing measured"}`;
  return `${when}, at least ${fewest} interleaved round${fewest === 1 ? "" : "s"} of each scenario${quick ? "; some only as a smoke test, which measures nothing" : ""}`;
}
