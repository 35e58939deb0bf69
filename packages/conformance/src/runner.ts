import type { ConformanceCase, Group } from "./case.ts";
import type { Delivery } from "./delivery.ts";
import type { Endpoint } from "./endpoints/endpoint.ts";
import type { CaseResult, RunResult, SuiteReport } from "./report.ts";
import { runDelivery } from "./run-case.ts";
import { reasonToSkip } from "./selection.ts";
import type { Testee } from "./testee.ts";
import { VERDICTS, type Verdict, worstVerdict } from "./verdict.ts";
import { SUITE_VERSION } from "./version.ts";

/** More late runs than this are the testee's doing and not the machine's: none of them is repeated. */
const MOST_REPEATED = 12;

/** How a suite is run. */
export interface SuiteOptions {
  readonly cases: readonly ConformanceCase[];
  readonly endpoint: Endpoint;
  readonly testee: Testee;
  /** The URL or the command, for the report. */
  readonly target: string;
  readonly role: "server" | "client";
  readonly group: Group;
  /** Runs in flight at a time. */
  readonly concurrency: number;
  /** Deliveries to leave out make a run shorter; a case always runs at least one. */
  readonly deliveries: readonly Delivery[];
  readonly seed: number;
  /** Called as each case ends. */
  readonly onResult?: (result: CaseResult, done: number, total: number) => void;
}

interface Job {
  readonly test: ConformanceCase;
  readonly delivery: Delivery;
  readonly runs: RunResult[];
  readonly pending: { count: number };
}

/** The deliveries in which a case runs under a choice of them. */
export function deliveriesOf(test: ConformanceCase, chosen: readonly Delivery[]): readonly Delivery[] {
  const both = test.deliveries.filter((delivery) => chosen.includes(delivery));
  return both.length > 0 ? both : test.deliveries.slice(0, 1);
}

/** Runs every case in every delivery, `concurrency` at a time, and reports. */
export async function runSuite(options: SuiteOptions): Promise<SuiteReport> {
  const startedAt = new Date().toISOString();
  const began = performance.now();
  const results = new Map<ConformanceCase, CaseResult>();
  const finish = (result: CaseResult, test: ConformanceCase): void => {
    results.set(test, result);
    options.onResult?.(result, results.size, options.cases.length);
  };
  const jobs: Job[] = [];
  for (const test of options.cases) {
    const reason = reasonToSkip(test, options.testee, options.endpoint.launchesClients);
    if (reason !== undefined) {
      finish(caseResult(test, [], reason), test);
      continue;
    }
    const deliveries = deliveriesOf(test, options.deliveries);
    const shared = { test, runs: [], pending: { count: deliveries.length } };
    for (const delivery of deliveries) jobs.push({ ...shared, delivery });
  }
  await runJobs(jobs, options, finish);
  const ordered = options.cases.flatMap((test) => results.get(test) ?? []);
  return {
    suite: { name: "@samewire/conformance", version: SUITE_VERSION },
    testee: { name: options.testee.name, role: options.role, target: options.target },
    group: options.group,
    seed: options.seed,
    startedAt,
    durationMs: Math.round(performance.now() - began),
    totals: countVerdicts(ordered.map(({ verdict }) => verdict)),
    results: ordered,
  };
}

async function runJobs(
  jobs: readonly Job[],
  options: SuiteOptions,
  finish: (result: CaseResult, test: ConformanceCase) => void,
): Promise<void> {
  const queue = jobs.values();
  const inFlight = Math.min(options.concurrency, jobs.length);
  const late: (readonly [Job, RunResult])[] = [];
  const end = ({ test, runs, pending }: Job, result: RunResult): void => {
    runs.push(result);
    pending.count -= 1;
    if (pending.count === 0) finish(caseResult(test, runs), test);
  };
  const worker = async (): Promise<void> => {
    for (const job of queue) {
      const judged = await runDelivery(job.test, job.delivery, options);
      if (judged.late && inFlight > 1 && options.endpoint.repeats) late.push([job, judged.result]);
      else end(job, judged.result);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  for (const [job, first] of late) {
    if (late.length > MOST_REPEATED) end(job, first);
    else end(job, (await runDelivery(job.test, job.delivery, options, first.reasons)).result);
  }
}

function caseResult(test: ConformanceCase, runs: readonly RunResult[], skipped?: string): CaseResult {
  const order = test.deliveries;
  const sorted = [...runs].sort((left, right) => order.indexOf(left.delivery) - order.indexOf(right.delivery));
  const verdict = worstVerdict(runs.map((run) => run.verdict));
  const { id, title, section, group, role, input, expectation, covers } = test;
  return {
    id,
    title,
    section,
    group,
    role,
    input,
    expectation,
    covers,
    verdict,
    reasons: skipped === undefined ? reasonsOf(sorted) : [skipped],
    durationMs: runs.reduce((sum, run) => sum + run.durationMs, 0),
    runs: sorted.map((run, index) => (index === 0 || run.verdict !== "pass" ? run : { ...run, log: [] })),
  };
}

/** The reasons of all runs, each once, with the deliveries it was seen in where that was not every one. */
function reasonsOf(runs: readonly RunResult[]): string[] {
  const seen = new Map<string, Delivery[]>();
  for (const { delivery, reasons } of runs) {
    for (const reason of reasons) seen.set(reason, [...(seen.get(reason) ?? []), delivery]);
  }
  return [...seen].map(([reason, where]) =>
    where.length === runs.length ? reason : `${reason} [${where.join(", ")}]`,
  );
}

/** How many of each verdict. */
export function countVerdicts(verdicts: readonly Verdict[]): Record<Verdict, number> {
  const totals = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  for (const verdict of verdicts) totals[verdict] += 1;
  return totals;
}
