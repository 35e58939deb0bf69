import type { Outcome } from "./driver/job.ts";
import type { Machine } from "./machine.ts";
import type { RuntimeName } from "./runtimes.ts";
import { type Spread, spreadOf } from "./statistics.ts";
import type { SubjectKind } from "./subjects.ts";

/** When and how something was measured: parts of a report may be measured again on their own. */
export interface Measurement {
  readonly date: string;
  readonly rounds: number;
  readonly quick: boolean;
}

/** One subject in one scenario: every round as it was measured, and the figures made of them. */
export interface SubjectResult {
  readonly id: string;
  readonly label: string;
  readonly kind: SubjectKind;
  /** CPU time per unit in each round, microseconds, in the order in which they were measured. */
  readonly rounds: readonly number[];
  readonly figures: Figures;
  /** Why there are no rounds. */
  readonly failure?: string;
  /** Where it is kept from another measurement than its scenario's. */
  readonly measured?: Measurement;
}

export interface Figures {
  /** CPU time of the process per unit, microseconds; of it in user space and in the kernel. */
  readonly cpu: Spread;
  readonly user: Spread;
  readonly system: Spread;
  /** Units a second. */
  readonly rate: Spread;
  /** Burst round trip, microseconds. */
  readonly p50: Spread;
  readonly p99: Spread;
  /** Resident memory, bytes. */
  readonly rss: Spread;
  /** Idle scenarios: resident memory per connection, bytes, after a garbage collection on both sides, and without. */
  readonly perConnection?: Spread;
  readonly perConnectionUncollected?: Spread;
  /** Octets on the wire per unit. */
  readonly received: Spread;
  readonly sent: Spread;
  /** Share of the window in which the driver was busy (see `isDriverBound`). */
  readonly driverLoad: Spread;
  readonly extensions: string;
}

export interface ScenarioResult extends Measurement {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly runtime: RuntimeName;
  readonly subjects: readonly SubjectResult[];
}

export interface Results {
  readonly machine: Machine;
  readonly scenarios: readonly ScenarioResult[];
}

/** From here on rate and latency are what the driver could do, and tell subjects apart only by what is left to it. */
export const BUSY_DRIVER = 0.9;

export function isDriverBound({ driverLoad }: Figures): boolean {
  return driverLoad.median !== null && driverLoad.median >= BUSY_DRIVER;
}

/** CPU time per unit, microseconds; NaN where the window saw none. */
export function cpuOf(round: Outcome): number {
  if (round.messages < 1) return Number.NaN;
  return ((round.userSeconds + round.systemSeconds) / round.messages) * 1e6;
}

export function figuresOf(rounds: readonly Outcome[], connections: number): Figures {
  const of = (value: (round: Outcome) => number): Spread => spreadOf(rounds.map(value));
  const figures: Figures = {
    cpu: of(cpuOf),
    user: of((round) => (round.userSeconds / round.messages) * 1e6),
    system: of((round) => (round.systemSeconds / round.messages) * 1e6),
    rate: of((round) => round.messages / round.seconds),
    p50: of((round) => round.p50 ?? Number.NaN),
    p99: of((round) => round.p99 ?? Number.NaN),
    rss: of((round) => round.rss),
    received: of((round) => round.received / round.messages),
    sent: of((round) => round.sent / round.messages),
    driverLoad: of((round) => round.driverSeconds / round.seconds),
    extensions: rounds[0]?.extensions ?? "",
  };
  if (rounds[0]?.rssCollected === undefined) return figures;
  return {
    ...figures,
    perConnection: of(
      ({ rssCollected = 0, rssBeforeCollected = 0 }) => (rssCollected - rssBeforeCollected) / connections,
    ),
    perConnectionUncollected: of(({ rss, rssBefore = 0 }) => (rss - rssBefore) / connections),
  };
}
