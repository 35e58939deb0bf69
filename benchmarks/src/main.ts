/** `pnpm bench`: starts ours, the peers and plain TCP in turns, measures, and writes the report. */
import { fileURLToPath } from "node:url";
import { describeMachine } from "./machine.ts";
import { parseOptions, USAGE } from "./options.ts";
import { participants } from "./participants.ts";
import { markdownReport } from "./report/markdown.ts";
import { earlierReport, mergeReport, readReport } from "./report/merge-report.ts";
import { writeReport } from "./report/write-report.ts";
import type { Results, ScenarioResult } from "./results.ts";
import { runScenario } from "./run-scenario.ts";
import { SCENARIOS } from "./scenarios.ts";

const docs = fileURLToPath(new URL("../../docs", import.meta.url));
const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};
process.once("SIGINT", () => process.exit(130));
process.once("SIGTERM", () => process.exit(143));

let options: ReturnType<typeof parseOptions>;
try {
  options = parseOptions(process.argv.slice(2), docs);
} catch (error) {
  log(`${(error as Error).message}\n\n${USAGE}`);
  process.exit(2);
}
if (options.list) {
  for (const { id, title } of SCENARIOS) console.log(`${id.padEnd(28)} ${title}`);
  process.exit(0);
}
if (options.rewrite && options.out !== undefined) {
  try {
    const report = await readReport(options.out);
    if (report === undefined) throw new Error(`there is no report in ${options.out}`);
    await writeReport(report, options.out);
    console.log(`written to ${options.out}`);
    process.exit(0);
  } catch (error) {
    log((error as Error).message);
    process.exit(1);
  }
}
const machine = describeMachine();
if (!machine.pinned) log("note: processes are not pinned to cores (no taskset, or one core): figures are less steady");
if (!machine.cpuTimes) log("note: no /proc: CPU times and memory cannot be read here");
let earlier: Results | undefined;
if (options.merge && options.out !== undefined) {
  try {
    earlier = await earlierReport(options.out, machine);
  } catch (error) {
    log((error as Error).message);
    process.exit(1);
  }
}
const scenarios: ScenarioResult[] = [];
for (const scenario of options.scenarios) {
  for (const runtime of options.runtimes) {
    if (participants(scenario, runtime, options.only).length === 0) continue;
    scenarios.push(await runScenario(scenario, runtime, { ...options, log }));
  }
}
const fresh: Results = { machine, scenarios };
if (options.out === undefined) {
  console.log(markdownReport(fresh));
} else {
  const order = SCENARIOS.map(({ id }) => id);
  await writeReport(earlier === undefined ? fresh : mergeReport(fresh, earlier, order), options.out);
  console.log(`written to ${options.out}`);
}
const failed = scenarios.flatMap(({ id, subjects }) =>
  subjects.filter(({ failure }) => failure !== undefined).map((subject) => `${id} ${subject.id}: ${subject.failure}`),
);
for (const line of failed) log(`failed: ${line}`);
process.exit(failed.length > 0 ? 1 : 0);
