import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Outcome } from "../src/driver/job.ts";
import { markdownReport } from "../src/report/markdown.ts";
import { writeReport } from "../src/report/write-report.ts";
import { figuresOf, type Results, type ScenarioResult, type SubjectResult } from "../src/results.ts";

let folder: string | undefined;
afterEach(async () => {
  if (folder !== undefined) await rm(folder, { recursive: true });
  folder = undefined;
});

const round: Outcome = {
  messages: 1000,
  seconds: 1,
  userSeconds: 0.006,
  systemSeconds: 0.004,
  driverSeconds: 0.5,
  p50: 100,
  p99: null,
  rss: 52_428_800,
  sent: 131_000,
  received: 127_000,
  extensions: "",
};

function results(ids: readonly string[], label: string, measured: Outcome = round): Results {
  const machine = {
    cpu: "a CPU",
    cores: 2,
    memoryGiB: 24,
    kernel: "Linux 6",
    pinned: true,
    cpuTimes: true,
    versions: { node: "20.0.0" },
  };
  const figures = figuresOf([measured], 64);
  return {
    machine,
    scenarios: ids.map((id) => ({
      id,
      title: `scenario <${id}>`,
      unit: "message",
      runtime: "node",
      date: "2026-01-01",
      rounds: 9,
      quick: false,
      subjects: [
        { id: "node/samewire", label, kind: "ours", rounds: [10], figures },
        {
          id: "node/ws",
          label: "ws",
          kind: "peer",
          rounds: [],
          figures: figuresOf([], 64),
          failure: "it | broke\nhere",
        },
        { id: "node/tcp", label: "plain TCP", kind: "tcp", rounds: [10], figures },
      ],
    })),
  };
}

describe("the report", () => {
  it("is Markdown, JSON and one page that loads nothing", async () => {
    folder = await mkdtemp(join(tmpdir(), "samewire-bench-"));
    await writeReport(results(["echo-125-x1"], "samewire"), folder);
    const markdown = await readFile(join(folder, "benchmarks.md"), "utf8");
    expect(markdown).toContain(
      "| node | **samewire** | 10.0 (10.0–10.0) | 6.00 | 4.00 | 1.00 x | 1,000 | 100 | – | 0.50 | 50.0 |",
    );
    expect(markdown).toContain("failed: it / broke |");
    expect(markdown).toContain("| echo-125-x1 | node | CPU, us | <= 1.1 x tcp | 10.0 | 10.0 | 1.00 x | 1.00 x | met |");
    expect(markdown).toContain("| **not measured** |");
    expect(markdown).not.toContain("| bun |");
    const page = await readFile(join(folder, "benchmarks", "results.html"), "utf8");
    expect(page).toContain("<svg");
    expect(page).toContain("scenario &lt;echo-125-x1&gt;");
    expect(page).not.toMatch(/<script|src=|href="http|url\(/);
    const json = JSON.parse(await readFile(join(folder, "benchmarks", "results.json"), "utf8")) as Results;
    expect(json.scenarios[0]?.subjects[0]?.figures.cpu.median).toBe(10);
  });

  it("marks what the driver bounds, and names targets that plain TCP decides", async () => {
    folder = await mkdtemp(join(tmpdir(), "samewire-bench-"));
    const busy = results(["echo-125-x1"], "samewire", { ...round, driverSeconds: 0.93 });
    const peers = busy.scenarios.map((scenario) => ({
      ...scenario,
      subjects: scenario.subjects.map(({ failure, ...subject }) => ({
        ...subject,
        figures: figuresOf([{ ...round, driverSeconds: 0.93, userSeconds: failure === undefined ? 0.006 : 0.004 }], 64),
      })),
    }));
    await writeReport({ ...busy, scenarios: peers }, folder);
    const markdown = await readFile(join(folder, "benchmarks.md"), "utf8");
    expect(markdown).toContain("1.00 x | 1,000 † | 100 † | – | 0.93 | 50.0 |");
    expect(markdown).toContain("† The driver was busy for 0.9 of the window or more");
    expect(markdown).toContain("3 met, 1 of them by 1.15 x plain TCP, 0 not met, 1 not measured. 1 is driver-bound");
    expect(markdown).toContain("| <= 0.85 x ws | 10.0 | 8.00 | 1.25 x | 1.00 x | met (1.15 x plain TCP) |");
    expect(markdown).toContain("| <= 1 x ws | 100 | 100 | 1.00 x | – | met, driver-bound |");
    const page = await readFile(join(folder, "benchmarks", "results.html"), "utf8");
    expect(page).toContain("1,000/s †, 100 † / –, driver 0.93");
    expect(page).toContain('<span class="met">met</span>, driver-bound');
    expect(page).toContain("met (1.15 x plain TCP)");
  });

  it("says for each runtime when it was measured, where that differs", () => {
    const [first] = results(["churn"], "samewire").scenarios as [ScenarioResult];
    const { machine } = results([], "");
    const bun = { ...first, runtime: "bun", rounds: 3, date: "2026-01-02" } as const;
    const deno = { ...bun, runtime: "deno" } as const;
    const lineOf = (...scenarios: readonly ScenarioResult[]) =>
      markdownReport({ machine, scenarios })
        .split("\n")
        .find((line) => line.startsWith("scenario <churn>"));
    expect(lineOf(first, { ...first, runtime: "bun" })).toBe("scenario <churn>. 9 rounds, 2026-01-01.");
    expect(lineOf(first, bun, deno)).toBe(
      "scenario <churn>. node: 9 rounds, 2026-01-01; bun, deno: 3 rounds, 2026-01-02.",
    );
    const [ours, ...others] = first.subjects as [SubjectResult];
    const kept = { ...ours, measured: { date: "2025-12-31", rounds: 1, quick: false } };
    expect(lineOf({ ...first, subjects: [kept, ...others] })).toBe(
      "scenario <churn>. 9 rounds, 2026-01-01 (samewire: 1 round, 2025-12-31).",
    );
  });
});
