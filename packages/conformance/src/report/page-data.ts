/** The data inside the HTML page: each case once, results without what the page does not show, logs cut to a budget. */

import { deflateRawSync } from "node:zlib";
import type { Group, Role } from "../case.ts";
import type { CaseResult, RunResult, SuiteReport } from "../report.ts";
import type { Verdict } from "../verdict.ts";
import type { WireLogEntry } from "../wire-log.ts";

/** A case, told once for all testees. */
export interface PageCase {
  readonly id: string;
  readonly role: Role;
  readonly title: string;
  readonly section: string;
  readonly group: Group;
  readonly input: string;
  readonly expectation: string;
}

/** One run with its log; runs that kept no log are there only for their verdict. */
export interface PageRun {
  readonly delivery: string;
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly seed: number;
  readonly durationMs: number;
  readonly log: readonly WireLogEntry[];
}

export interface PageResult {
  readonly id: string;
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly runs: readonly PageRun[];
}

export interface PageTestee {
  readonly name: string;
  readonly role: Role;
  readonly target: string;
  readonly results: readonly PageResult[];
}

/** What `assets/report.js` reads. */
export interface PageData {
  readonly cases: readonly PageCase[];
  readonly testees: readonly PageTestee[];
}

/** Characters of packed data beyond which the logs are shortened further. */
const BUDGET = 8 * 1024 * 1024;

/** Log entries kept for a run that passed and for any other, from generous to none for what passed. */
const LOG_SIZES: readonly (readonly [passing: number, other: number])[] = [
  [200, 400],
  [60, 300],
  [20, 120],
  [8, 60],
  [0, 30],
];

/**
 * The data as base64 of deflated JSON, a tenth of its size and unable to end its script element, and how many cases it holds.
 * Where it is over the budget, the logs of what passed are given up first.
 */
export function pageData(
  reports: readonly SuiteReport[],
  budget: number = BUDGET,
): { readonly packed: string; readonly cases: number } {
  const cases = collectCases(reports);
  let packed = "";
  for (const [passing, other] of LOG_SIZES) {
    const data: PageData = { cases, testees: reports.map((report) => pageTestee(report, passing, other)) };
    packed = deflateRawSync(JSON.stringify(data), { level: 9 }).toString("base64");
    if (packed.length <= budget) break;
  }
  return { packed, cases: cases.length };
}

function collectCases(reports: readonly SuiteReport[]): PageCase[] {
  const cases = new Map<string, PageCase>();
  for (const { id, role, title, section, group, input, expectation } of reports.flatMap(({ results }) => results)) {
    cases.set(`${role} ${id}`, { id, role, title, section, group, input, expectation });
  }
  return [...cases.values()].sort((left, right) => left.id.localeCompare(right.id, "en", { numeric: true }));
}

function pageTestee(report: SuiteReport, passing: number, other: number): PageTestee {
  const keep = (run: RunResult): PageRun => {
    const { delivery, verdict, reasons, seed } = run;
    const log = shortenLog(run.log, verdict === "pass" || verdict === "skipped" ? passing : other);
    return { delivery, verdict, reasons, seed, durationMs: Math.round(run.durationMs), log };
  };
  const results = report.results.map(({ id, verdict, reasons, runs }: CaseResult): PageResult => {
    return { id, verdict, reasons, runs: runs.map(keep) };
  });
  return { ...report.testee, results };
}

/** Keeps the first two thirds and the last third of `limit` entries: how it began, and how it ended. */
export function shortenLog(log: readonly WireLogEntry[], limit: number): readonly WireLogEntry[] {
  if (log.length <= limit) return log;
  if (limit === 0) return [];
  const head = Math.ceil((limit * 2) / 3);
  const tail = log.slice(log.length - (limit - head));
  const gap = { at: log[head]?.at ?? 0, kind: "event", text: `… ${log.length - limit} entries left out …` } as const;
  return [...log.slice(0, head), gap, ...tail];
}
