import data from "../targets.json" with { type: "json" };
import type { Figures, Results, ScenarioResult } from "./results.ts";

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
}

export const TARGETS: readonly Target[] = data.targets as readonly Target[];
export const RULE: string = data.rule;

function scenarioOf(results: Results, id: string, runtime: string): ScenarioResult | undefined {
  return results.scenarios.find((scenario) => scenario.id === id && scenario.runtime === runtime);
}

function figureOf(scenario: ScenarioResult | undefined, subject: string, figure: keyof Figures): number | null {
  const found = scenario?.subjects.find(({ id, failure }) => id === subject && failure === undefined)?.figures[figure];
  return found === undefined || typeof found === "string" ? null : found.median;
}

function valueFor(results: Results, target: Target, subject: string): number | null {
  const scenario = scenarioOf(results, target.scenario, target.runtime);
  if (target.figure !== "growth") return figureOf(scenario, subject, target.figure);
  const large = figureOf(scenario, subject, "cpu");
  const small = figureOf(scenarioOf(results, target.from ?? "", target.runtime), subject, "cpu");
  return large === null || small === null ? null : large / small;
}

/** Holds the results against every target of the scenarios and runtimes that they are of. */
export function judge(results: Results): readonly Verdict[] {
  const concerned = TARGETS.filter(({ scenario, runtime }) => scenarioOf(results, scenario, runtime) !== undefined);
  return concerned.map((target): Verdict => {
    const ours = valueFor(results, target, `${target.runtime}/samewire`);
    const theirs = valueFor(results, target, target.against);
    const tcp = valueFor(results, target, `${target.runtime}/tcp`);
    if (ours === null || theirs === null) {
      return { target, ours, theirs, tcp, limit: null, ratio: null, outcome: "not measured" };
    }
    const own = target.plus === undefined ? theirs * (target.ratio ?? 1) : theirs + target.plus;
    const limit = target.figure === "cpu" && tcp !== null ? Math.max(own, tcp * data.plainTcpFloor) : own;
    return { target, ours, theirs, tcp, limit, ratio: ours / theirs, outcome: ours <= limit ? "met" : "not met" };
  });
}
