import { createRequire } from "node:module";
import type { RuntimeName } from "./runtimes.ts";
import type { Scenario } from "./scenarios.ts";
import { type Subject, subjectsFor } from "./subjects.ts";

const require = createRequire(import.meta.url);

function isInstalled(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch (error) {
    // A package without an entry for `require` is there all the same.
    return (error as NodeJS.ErrnoException).code === "ERR_PACKAGE_PATH_NOT_EXPORTED";
  }
}

/** Who takes part in a scenario on a runtime; `only` names ids, segments of them or kinds, and none of them means all. */
export function participants(scenario: Scenario, runtime: RuntimeName, only: readonly string[]): readonly Subject[] {
  const role = scenario.job.kind === "client" ? "client" : "server";
  const subjects: Subject[] = [];
  for (const subject of subjectsFor(role, runtime)) {
    if (scenario.without?.[subject.id] !== undefined) continue;
    if (subject.kind === "floor" && scenario.floor !== true) continue;
    if (subject.needs !== undefined && !isInstalled(subject.needs)) continue;
    subjects.push(subject);
    for (const { of, suffix, label, settings } of scenario.variants ?? []) {
      if (of !== subject.kind && of !== subject.id) continue;
      subjects.push({
        ...subject,
        id: `${subject.id}/${suffix}`,
        label: `${subject.label}, ${label}`,
        settings: { ...subject.settings, ...settings },
      });
    }
  }
  return only.length === 0 ? subjects : subjects.filter((subject) => only.some((word) => isNamed(subject, word)));
}

/** Whole segments: `ws` is neither `uws` nor `ws-plain`. */
function isNamed({ id, kind }: Subject, word: string): boolean {
  return word === kind || `/${id}/`.includes(`/${word}/`);
}

/** The order of a round: each begins with the next subject, so that none is always the first after the others' end. */
export function inTurn<T>(subjects: readonly T[], round: number): readonly T[] {
  const first = round % Math.max(1, subjects.length);
  return [...subjects.slice(first), ...subjects.slice(0, first)];
}
