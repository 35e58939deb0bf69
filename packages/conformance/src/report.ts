import type { Group, Role } from "./case.ts";
import type { Delivery } from "./delivery.ts";
import type { Verdict } from "./verdict.ts";
import type { WireLogEntry } from "./wire-log.ts";

/** One run of a case: one delivery of its bytes. */
export interface RunResult {
  readonly delivery: Delivery;
  readonly verdict: Verdict;
  /** Why the verdict is not `pass`, and what an informational case saw. */
  readonly reasons: readonly string[];
  readonly seed: number;
  readonly durationMs: number;
  /** Kept for the first run of a case, and for each run that did not pass. */
  readonly log: readonly WireLogEntry[];
}

/** A case with what it came to: the most severe verdict of its runs. */
export interface CaseResult {
  readonly id: string;
  readonly title: string;
  readonly section: string;
  readonly group: Group;
  readonly role: Role;
  readonly input: string;
  readonly expectation: string;
  readonly covers: readonly string[];
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly durationMs: number;
  readonly runs: readonly RunResult[];
}

/** One testee in one role through the suite. This is what `--json` writes, as one object. */
export interface SuiteReport {
  readonly suite: { readonly name: "@samewire/conformance"; readonly version: string };
  readonly testee: { readonly name: string; readonly role: Role; readonly target: string };
  readonly group: Group;
  readonly seed: number;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly totals: Readonly<Record<Verdict, number>>;
  readonly results: readonly CaseResult[];
}
