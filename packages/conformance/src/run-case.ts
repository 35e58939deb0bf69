import type { CaseContext, ConformanceCase } from "./case.ts";
import { CaseFailure, CaseSkipped, Overdue } from "./case-failure.ts";
import type { Delivery } from "./delivery.ts";
import type { Endpoint, Session } from "./endpoints/endpoint.ts";
import type { RunSettings } from "./peer.ts";
import { Random, seedFor } from "./random.ts";
import type { RunResult } from "./report.ts";
import type { Testee } from "./testee.ts";
import type { Verdict } from "./verdict.ts";
import { WireLog } from "./wire-log.ts";

/** What runs of one suite have in common. */
interface Surroundings {
  readonly endpoint: Endpoint;
  readonly testee: Testee;
  readonly seed: number;
}

/** A run, and whether a time limit decided its verdict. */
export interface Judged {
  readonly result: RunResult;
  readonly late: boolean;
}

/**
 * Runs one delivery of a case and judges it. `beside` are the reasons of an earlier run of the same that was late: they are noted
 * if this one is in time. Never throws: whatever goes wrong is the run's verdict.
 */
export async function runDelivery(
  test: ConformanceCase,
  delivery: Delivery,
  { endpoint, testee, seed }: Surroundings,
  beside?: readonly string[],
): Promise<Judged> {
  const name = `${test.id}-${delivery}`;
  const random = new Random(seedFor(name, seed));
  const log = new WireLog();
  const departures: string[] = [];
  const notes: string[] = [];
  let late = false;
  const settings: RunSettings = {
    role: test.role,
    testee,
    delivery,
    random,
    log,
    nonStrict: (reason) => void departures.push(reason),
    inform: (text) => void notes.push(text),
  };
  const session = endpoint.begin(test, beside === undefined ? name : `${name}-again`, settings);
  const context: CaseContext = {
    ...settings,
    connect: (options) => session.connect(options),
    async open(options) {
      const peer = await session.connect();
      await session.open(peer, options);
      return peer;
    },
    late(reason) {
      late = true;
      departures.push(reason);
    },
    skip(reason) {
      throw new CaseSkipped(reason);
    },
  };
  const failed = await attempt(test, context, session);
  if (beside !== undefined && failed === undefined && departures.length === 0) {
    notes.push(`in time when repeated alone; beside other runs it was late: ${beside.join("; ")}`);
  }
  const verdict = judge(failed, departures, test.informational || notes.length > 0);
  const reasons = [...(failed === undefined ? [] : [failed.reason]), ...departures, ...notes];
  for (const reason of reasons) log.event(`${verdict}: ${reason}`);
  const durationMs = Math.round(log.now());
  const result = { delivery, verdict, reasons, seed: random.seed, durationMs, log: log.entries() };
  return { result, late: late || failed?.overdue === true };
}

interface Failed {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly overdue: boolean;
}

function judge(failed: Failed | undefined, departures: readonly string[], informational: boolean): Verdict {
  if (failed !== undefined) return failed.verdict;
  if (departures.length > 0) return "non-strict";
  return informational ? "informational" : "pass";
}

async function attempt(test: ConformanceCase, context: CaseContext, session: Session): Promise<Failed | undefined> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await session.ready();
    context.log.restart();
    const overdue = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Overdue(`the case took longer than ${test.timeout} ms`)), test.timeout);
    });
    await Promise.race([test.run(context), overdue]);
    return undefined;
  } catch (error) {
    if (error instanceof CaseSkipped) return { verdict: "skipped", reason: error.message, overdue: false };
    const reason =
      error instanceof CaseFailure ? error.message : `unexpected: ${(error as Error).stack ?? String(error)}`;
    return { verdict: "fail", reason, overdue: error instanceof Overdue };
  } finally {
    clearTimeout(timer);
    await session.finish();
  }
}
