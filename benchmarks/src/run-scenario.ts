import type { Outcome } from "./driver/job.ts";
import { clientRound, ServerSubject, type Times } from "./measure.ts";
import { inTurn, participants } from "./participants.ts";
import { cpuOf, figuresOf, type ScenarioResult, type SubjectResult } from "./results.ts";
import type { RuntimeName } from "./runtimes.ts";
import type { Scenario } from "./scenarios.ts";
import { rounded } from "./statistics.ts";
import type { Subject } from "./subjects.ts";

export interface RunSettings {
  readonly rounds: number;
  readonly quick: boolean;
  /** Only these subjects (see `participants`); empty: all. */
  readonly only: readonly string[];
  readonly log: (line: string) => void;
}

/** Rounds that one process serves before it is started anew: a lucky or unlucky process must not decide the median. */
const ROUNDS_PER_PROCESS = 3;

const QUICK: Times = { warmMs: 150, firstWarmMs: 150, measureMs: 200, cpuGoal: 0 };
/** JavaScriptCore still compiles after half a second of messages of 64 KiB: what that takes was a tenth of their cost. */
const FIRST_WARM_MS = 2000;

function timesOf({ fresh = false, warmMs = 300, measureMs = 900, cpuGoal = 0.4 }: Scenario): Times {
  return { warmMs, firstWarmMs: fresh ? warmMs : FIRST_WARM_MS, measureMs, cpuGoal };
}

/** All subjects of one runtime in turns, A B C B C A C A B …, so that whatever else the machine does hits all alike. */
export async function runScenario(
  whole: Scenario,
  runtime: RuntimeName,
  settings: RunSettings,
): Promise<ScenarioResult> {
  const scenario =
    settings.quick && whole.quickConnections !== undefined
      ? { ...whole, job: { ...whole.job, connections: whole.quickConnections } }
      : whole;
  const times = settings.quick ? QUICK : timesOf(scenario);
  const subjects = participants(scenario, runtime, settings.only);
  const rounds = new Map<string, Outcome[]>(subjects.map(({ id }) => [id, []]));
  const failures = new Map<string, string>();
  const servers = new Map<string, ServerSubject>();
  try {
    for (let round = 0; round < settings.rounds; round += 1) {
      for (const subject of inTurn(subjects, round)) {
        if (failures.has(subject.id)) continue;
        try {
          const outcome = await oneRound(subject, scenario, times, servers);
          rounds.get(subject.id)?.push(outcome);
          settings.log(`${scenario.id}  ${subject.id}  ${brief(outcome)}`);
        } catch (error) {
          failures.set(subject.id, error instanceof Error ? error.message : String(error));
          settings.log(`${scenario.id}  ${subject.id}  FAILED: ${failures.get(subject.id)}`);
        }
      }
      if (scenario.fresh === true || round % ROUNDS_PER_PROCESS === ROUNDS_PER_PROCESS - 1) await stopAll(servers);
    }
  } finally {
    await stopAll(servers);
  }
  return {
    id: scenario.id,
    title: scenario.title,
    unit: scenario.unit,
    runtime,
    date: new Date().toISOString().slice(0, 10),
    rounds: settings.rounds,
    quick: settings.quick,
    subjects: subjects.map(({ id, label, kind }): SubjectResult => {
      const measured = rounds.get(id) ?? [];
      const failure = failures.get(id);
      const result = {
        id,
        label,
        kind,
        rounds: measured.map((round) => rounded(cpuOf(round))),
        figures: figuresOf(measured, scenario.job.connections),
      };
      return failure === undefined ? result : { ...result, failure };
    }),
  };
}

async function oneRound(
  subject: Subject,
  scenario: Scenario,
  times: Times,
  servers: Map<string, ServerSubject>,
): Promise<Outcome> {
  if (subject.role === "client") return await clientRound(subject, scenario, times);
  let server = servers.get(subject.id);
  if (server === undefined) {
    server = await ServerSubject.start(subject, scenario);
    servers.set(subject.id, server);
  }
  const outcome = await server.round(scenario, times);
  if (scenario.fresh === true) {
    servers.delete(subject.id);
    await server.stop();
  }
  return outcome;
}

async function stopAll(servers: Map<string, ServerSubject>): Promise<void> {
  await Promise.all([...servers.values()].map((server) => server.stop()));
  servers.clear();
}

function brief(outcome: Outcome): string {
  const idle =
    outcome.rssCollected === undefined
      ? ""
      : `  ${((outcome.rssCollected - (outcome.rssBeforeCollected as number)) / outcome.messages / 1024).toFixed(2)} KiB a connection`;
  return `${cpuOf(outcome).toFixed(2)} us  ${Math.round(outcome.messages / outcome.seconds)}/s  p50 ${outcome.p50?.toFixed(0) ?? "-"} p99 ${outcome.p99?.toFixed(0) ?? "-"} us  driver ${((outcome.driverSeconds / outcome.seconds) * 100).toFixed(0)} %${idle}`;
}
