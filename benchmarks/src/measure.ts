import { fileURLToPath } from "node:url";
import type { Job, Outcome } from "./driver/job.ts";
import { announcedPort, DRIVER_CORE, type Started, SUBJECT_CORE, start, stop } from "./process-runner.ts";
import { commandFor } from "./runtimes.ts";
import type { Scenario } from "./scenarios.ts";
import type { Settings } from "./subjects/settings.ts";
import type { Subject } from "./subjects.ts";

const built = (name: string): string => fileURLToPath(new URL(`./${name}.js`, import.meta.url));

export interface Times {
  readonly warmMs: number;
  /** The warm-up of a process that has served nothing yet: until its compilers are done, not only its caches filled. */
  readonly firstWarmMs: number;
  readonly measureMs: number;
  readonly cpuGoal: number;
}

function launch(subject: Subject, settings: Partial<Settings>): Started {
  const text = JSON.stringify({ ...settings, ...subject.settings });
  return start(commandFor(subject.runtime, built(`subjects/${subject.file}`), [text]), SUBJECT_CORE, subject.env);
}

function drive(job: Job): Started {
  return start(commandFor("bun", built("driver"), [JSON.stringify(job)]), DRIVER_CORE);
}

async function outcomeOf(driver: Started, subject: Started): Promise<Outcome> {
  const line = await driver.nextLine();
  if (line === undefined) throw new Error(`${driver.complaints().trim()} ${subject.complaints().trim()}`.trim());
  return JSON.parse(line) as Outcome;
}

/** A subject that listens, kept for several rounds. */
export class ServerSubject {
  readonly #started: Started;
  readonly #port: number;
  readonly #subject: Subject;
  #warm = false;

  private constructor(subject: Subject, started: Started, port: number) {
    this.#subject = subject;
    this.#started = started;
    this.#port = port;
  }

  static async start(subject: Subject, scenario: Scenario): Promise<ServerSubject> {
    const started = launch(subject, scenario.settings ?? {});
    try {
      return new ServerSubject(subject, started, await announcedPort(started, subject.id));
    } catch (error) {
      await stop(started);
      throw error;
    }
  }

  async round(scenario: Scenario, times: Times): Promise<Outcome> {
    const { kind } = this.#subject;
    const { warmMs, firstWarmMs, measureMs, cpuGoal } = times;
    const job = {
      ...scenario.job,
      warmMs: this.#warm ? warmMs : firstWarmMs,
      measureMs,
      cpuGoal,
      port: this.#port,
      pid: this.#started.pid,
      framing: kind === "tcp" ? "raw" : "websocket",
    };
    const driver = drive(job as Job);
    try {
      const outcome = await outcomeOf(driver, this.#started);
      this.#warm = true;
      return outcome;
    } finally {
      await stop(driver);
    }
  }

  async stop(): Promise<void> {
    await stop(this.#started);
  }
}

/** The client role: the driver listens first, then the subject is started and told where to connect. */
export async function clientRound(subject: Subject, scenario: Scenario, times: Times): Promise<Outcome> {
  const { firstWarmMs: warmMs, measureMs, cpuGoal } = times;
  const framing = subject.kind === "tcp" ? "raw" : "websocket";
  const job = { ...scenario.job, warmMs, measureMs, cpuGoal, port: 0, pid: 0, framing };
  const driver = drive(job as Job);
  let client: Started | undefined;
  try {
    const port = await announcedPort(driver, "the driver");
    client = launch(subject, { ...scenario.settings, port, connections: scenario.job.connections });
    driver.child.stdin?.write(`${client.pid}\n`);
    return await outcomeOf(driver, client);
  } finally {
    if (client !== undefined) await stop(client);
    await stop(driver);
  }
}
