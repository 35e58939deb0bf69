import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Results } from "../results.ts";
import { htmlReport } from "./html.ts";
import { markdownReport } from "./markdown.ts";

/** Writes `benchmarks.md`, `benchmarks/results.json` and `benchmarks/results.html` into `folder`. */
export async function writeReport(results: Results, folder: string): Promise<void> {
  await mkdir(join(folder, "benchmarks"), { recursive: true });
  await writeFile(join(folder, "benchmarks.md"), markdownReport(results));
  await writeFile(join(folder, "benchmarks", "results.json"), `${JSON.stringify(results, null, 1)}\n`);
  await writeFile(join(folder, "benchmarks", "results.html"), htmlReport(results));
}

/** Puts new measurements into an earlier report: what was measured again is replaced, the rest is kept. */
export async function mergeReport(fresh: Results, folder: string, order: readonly string[]): Promise<Results> {
  let earlier: Results;
  try {
    earlier = JSON.parse(await readFile(join(folder, "benchmarks", "results.json"), "utf8")) as Results;
  } catch {
    return fresh;
  }
  const key = (scenario: { readonly id: string; readonly runtime: string }): string =>
    `${scenario.id} ${scenario.runtime}`;
  const replaced = new Set(fresh.scenarios.map(key));
  const scenarios = [...earlier.scenarios.filter((scenario) => !replaced.has(key(scenario))), ...fresh.scenarios];
  const place = ({ id }: { readonly id: string }): number => order.indexOf(id);
  return { ...fresh, scenarios: scenarios.sort((a, b) => place(a) - place(b)) };
}
