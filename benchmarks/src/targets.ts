import { type Figures, isDriverBound, type Results, type ScenarioResult } from "./results.ts";
import data from "./targets.json" with { type: "json" };

export interface Target {
  readonly scenario: string;
  readonly runtime: string;
  /** `growth`: CPU per message in `scenario` over that in `from`. */
  readonly figure: "cpu" | "p50" | "p99" | "received" | "perConnection" | "growth";
  readonly from?: string;
  /** Id of the subject to compare with. */
  readonly against: string;
  readonly ratio?: number;
  /** Bytes allowed above the other's. */
  readonly plus?: number;
  /** What is hoped for beyond the target. */
  readonly aim?: number;
}

export interface Verdict {
  readonly target: Target;
  readonly ours: number | null;
  readonly theirs: number | null;
  readonly tcp: number | null;
  /** What ours may be at most. */
  readonly limit: number | null;
  readonly ratio: number | null;
  readonly outcome: "met" | "not met" | "not measured";
  /** Met because ours costs at most `PLAIN_TCP_FLOOR` x plain TCP, and not by the target's own ratio. */
  readonly byPlainTcp: boolean;
  /** A p50 or p99 of which either side is the driver's. */
  readonly driverBound: boolean;
}

export const TARGETS: readonly Target[] = data.targets as readonly Target[];
export const RULE: string = data.rule;
export const PLAIN_TCP_FLOOR: number = data.plainTcpFloor;

function scenarioOf(results: Results, id: string, runtime: string): ScenarioResult | undefined {
  return results.scenarios.find((scenario) => scenario.id === id && scenario.runtime === runtime);
}

function figuresIn(scenario: ScenarioResult | undefined, subject: string): Figures | undefined {
  return scenario?.subjects.find(({ id, failure }) => id === subject && failure === undefined)?.figures;
}

function figureOf(scenario: ScenarioResult | undefined, subject: string, figure: keyof Figures): number | null {
  const found = figuresIn(scenario, subject)?.[figure];
  return found === undefined || typeof found === "string" ? null : found.median;
}

function valueFor(results: Results, target: Target, subject: string): number | null {
  const scenario = scenarioOf(results, target.scenario, target.runtime);
  if (target.figure !== "growth") return figureOf(scenario, subject, target.figure);
  const large = figureOf(scenario, subject, "cpu");
  const small = figureOf(scenarioOf(results, target.from ?? "", target.runtime), subject, "cpu");
  return large === null || small === null ? null : large / small;
}

function dependsOnDriver(results: Results, { scenario, runtime, figure, against }: Target): boolean {
  if (figure !== "p50" && figure !== "p99") return false;
  const measured = scenarioOf(results, scenario, runtime);
  return [`${runtime}/samewire`, against].some((subject) => {
    const figures = figuresIn(measured, subject);
    return figures !== undefined && isDriverBound(figures);
  });
}

/** Holds the results against every target of the scenarios and runtimes that they are of. */
export function judge(results: Results): readonly Verdict[] {
  const concerned = TARGETS.filter(({ scenario, runtime }) => scenarioOf(results, scenario, runtime) !== undefined);
  return concerned.map((target): Verdict => {
    const ours = valueFor(results, target, `${target.runtime}/samewire`);
    const theirs = valueFor(results, target, target.against);
    const tcp = valueFor(results, target, `${target.runtime}/tcp`);
    const sides = { target, ours, theirs, tcp, byPlainTcp: false, driverBound: false } as const;
    if (ours === null || theirs === null) return { ...sides, limit: null, ratio: null, outcome: "not measured" };
    const own = target.plus === undefined ? theirs * (target.ratio ?? 1) : theirs + target.plus;
    const limit = target.figure === "cpu" && tcp !== null ? Math.max(own, tcp * PLAIN_TCP_FLOOR) : own;
    const verdict = { ...sides, limit, ratio: ours / theirs, driverBound: dependsOnDriver(results, target) };
    return ours > limit ? { ...verdict, outcome: "not met" } : { ...verdict, outcome: "met", byPlainTcp: ours > own };
  });
}
