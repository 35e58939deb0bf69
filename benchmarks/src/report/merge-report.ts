import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Machine } from "../machine.ts";
import type { Measurement, Results, ScenarioResult, SubjectResult } from "../results.ts";
import type { SubjectKind } from "../subjects.ts";

/** As the subjects of a runtime are listed. */
const KINDS: readonly SubjectKind[] = ["ours", "peer", "floor", "tcp"];

/** The report that is in `folder`; undefined when there is none. Throws when it cannot be read. */
export async function readReport(folder: string): Promise<Results | undefined> {
  const path = join(folder, "benchmarks", "results.json");
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Error(`${path} cannot be read: ${(error as Error).message}`);
  }
  let earlier: Results;
  try {
    earlier = JSON.parse(text) as Results;
  } catch (error) {
    throw new Error(`${path} is no report: ${(error as Error).message}`);
  }
  if (!Array.isArray(earlier?.scenarios) || typeof earlier.machine?.versions !== "object") {
    throw new Error(`${path} is no report: it has no scenarios or no machine`);
  }
  return earlier;
}

/**
 * The same for `mergeReport`. Throws also when it was measured on something else than `machine`: the figures of a report
 * are compared with each other.
 */
export async function earlierReport(folder: string, machine: Machine): Promise<Results | undefined> {
  const earlier = await readReport(folder);
  if (earlier === undefined) return undefined;
  const differences = differencesOf(conditions(earlier.machine), conditions(machine));
  if (differences.length > 0) {
    throw new Error(`the report in ${folder} was measured under other conditions: ${differences.join("; ")}`);
  }
  return earlier;
}

/**
 * What figures depend on. Patches of a kernel, and how much of the memory it shows, differ from day to day on one machine.
 */
function conditions({ cpu, cores, kernel, pinned, cpuTimes, versions }: Machine): Readonly<Record<string, string>> {
  return {
    CPU: cpu,
    cores: `${cores}`,
    kernel: kernel.split(".").slice(0, 2).join("."),
    "processes pinned": `${pinned}`,
    "CPU times known": `${cpuTimes}`,
    ...versions,
  };
}

function differencesOf(
  earlier: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): readonly string[] {
  return [...new Set([...Object.keys(earlier), ...Object.keys(now)])]
    .filter((name) => earlier[name] !== now[name])
    .map((name) => `${name} ${earlier[name] ?? "unknown"} there, ${now[name] ?? "unknown"} here`);
}

/** Puts new measurements into an earlier report: subjects that were measured again are replaced, all else is kept. */
export function mergeReport(fresh: Results, earlier: Results, order: readonly string[]): Results {
  const key = ({ id, runtime }: ScenarioResult): string => `${id} ${runtime}`;
  const kept = new Map(earlier.scenarios.map((scenario) => [key(scenario), scenario]));
  for (const scenario of fresh.scenarios) {
    const before = kept.get(key(scenario));
    kept.set(key(scenario), before === undefined ? scenario : mergeScenario(scenario, before));
  }
  const place = ({ id }: ScenarioResult): number => order.indexOf(id);
  return { machine: earlier.machine, scenarios: [...kept.values()].sort((a, b) => place(a) - place(b)) };
}

function mergeScenario(fresh: ScenarioResult, earlier: ScenarioResult): ScenarioResult {
  const again = new Map(fresh.subjects.map((subject) => [subject.id, subject]));
  const replaced = earlier.subjects.map((subject) => again.get(subject.id) ?? keep(subject, earlier, fresh));
  const added = fresh.subjects.filter(({ id }) => earlier.subjects.every((subject) => subject.id !== id));
  const place = ({ kind }: SubjectResult): number => KINDS.indexOf(kind);
  return { ...fresh, subjects: [...replaced, ...added].sort((a, b) => place(a) - place(b)) };
}

/** A subject that was not measured again, with what tells it from the others. */
function keep({ measured, ...subject }: SubjectResult, earlier: ScenarioResult, fresh: ScenarioResult): SubjectResult {
  const { date, rounds, quick }: Measurement = measured ?? earlier;
  const alike = date === fresh.date && rounds === fresh.rounds && quick === fresh.quick;
  return alike ? subject : { ...subject, measured: { date, rounds, quick } };
}
