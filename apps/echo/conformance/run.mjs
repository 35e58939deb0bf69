// `pnpm conformance [runtime…]`: the echo server and client of each runtime through the conformance suite.
// Options: --group core|thorough, --case GLOB, --role server|client, --seed N, --results FOLDER.
import { mkdirSync, writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { renderHtml, renderJson, renderJunit } from "@samewire/conformance";
import { DEVIATIONS } from "./deviations.mjs";
import { ROLES, RUNTIMES, samewire } from "./runtimes.mjs";
import { runTestee } from "./suite.mjs";
import { surprises } from "./surprises.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    group: { type: "string", default: "core" },
    case: { type: "string", multiple: true, default: [] },
    role: { type: "string", multiple: true, default: [...ROLES] },
    seed: { type: "string", default: String(Date.now() % 2 ** 32) },
    results: { type: "string", default: fileURLToPath(new URL("results", import.meta.url)) },
  },
});
const unknown = positionals.find((name) => !RUNTIMES.some((runtime) => runtime === name));
if (unknown !== undefined || (values.group !== "core" && values.group !== "thorough")) {
  console.error(
    `usage: pnpm conformance [${RUNTIMES.join("] [")}] [--group core|thorough] [--case GLOB] [--role server|client]`,
  );
  process.exit(2);
}
const choice = {
  group: /** @type {"core" | "thorough"} */ (values.group),
  ids: values.case,
  seed: Number(values.seed),
};
const runtimes = RUNTIMES.filter((runtime) => positionals.length === 0 || positionals.includes(runtime));

/** Most of a run is waiting, for deadlines above all: two testees at a time share the machine. */
const CONCURRENCY = 2;
const testees = runtimes.flatMap((runtime) =>
  ROLES.filter((name) => values.role.includes(name)).map((role) => ({ runtime, role })),
);
/** @type {import("@samewire/conformance").SuiteReport[]} */
const reports = Array(testees.length);
let red = 0;
const queue = testees.entries();
const work = async () => {
  for (const [place, { runtime, role }] of queue) {
    const report = await runTestee(samewire(runtime, role), choice);
    reports[place] = report;
    const wrong = surprises(report, runtime, DEVIATIONS);
    red += wrong.length;
    const { pass, informational, skipped, fail } = report.totals;
    const seconds = (report.durationMs / 1000).toFixed(1);
    const counts = `${pass} pass, ${informational} informational, ${report.totals["non-strict"]} non-strict, ${skipped} skipped, ${fail} fail`;
    console.log(`${`${runtime} ${role}`.padEnd(15)} ${counts} in ${seconds} s${wrong.length > 0 ? "  RED" : ""}`);
    for (const line of wrong) console.log(`  ${line}`);
  }
};
// All of them, also where one fails: each ends what it has started.
for (const result of await Promise.allSettled(Array.from({ length: CONCURRENCY }, work))) {
  if (result.status === "rejected") throw result.reason;
}
const folder = resolve(values.results);
mkdirSync(folder, { recursive: true });
writeFileSync(resolve(folder, "conformance.json"), renderJson(reports));
writeFileSync(resolve(folder, "conformance.xml"), renderJunit(reports));
writeFileSync(resolve(folder, "conformance.html"), renderHtml(reports));
const sum = (/** @type {(report: import("@samewire/conformance").SuiteReport) => number} */ of) =>
  reports.reduce((total, report) => total + of(report), 0);
const passed = sum(({ totals }) => totals.pass + totals.informational);
const skipped = sum(({ totals }) => totals.skipped);
console.log(`seed ${choice.seed}; reports in ${relative(process.cwd(), folder)}`);
console.log(`${passed} passed, ${red} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = red > 0 ? 1 : 0;
