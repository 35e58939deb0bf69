import { mkdir, writeFile } from "node:fs/promises";
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
