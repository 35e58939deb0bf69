import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Machine } from "../src/machine.ts";
import { earlierReport, mergeReport } from "../src/report/merge-report.ts";
import { writeReport } from "../src/report/write-report.ts";
import { figuresOf, type Results } from "../src/results.ts";
import type { SubjectKind } from "../src/subjects.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "samewire-bench-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const machine: Machine = {
  cpu: "a CPU",
  cores: 2,
  memoryGiB: 24,
  kernel: "Linux 6.18.44",
  pinned: true,
  cpuTimes: true,
  versions: { node: "20.0.0", ws: "8.0.0" },
};

function results(
  date: string,
  label: string,
  subjects: Readonly<Record<string, SubjectKind>>,
  ...ids: string[]
): Results {
  return {
    machine,
    scenarios: ids.map((id) => ({
      id,
      title: id,
      unit: "message",
      runtime: "node",
      date,
      rounds: 9,
      quick: false,
      subjects: Object.entries(subjects).map(([id, kind]) => ({
        id,
        label,
        kind,
        rounds: [],
        figures: figuresOf([], 64),
      })),
    })),
  };
}

const ALL = { "node/samewire": "ours", "node/ws": "peer", "node/tcp": "tcp" } as const;
const ORDER = ["echo-125-x1", "ping-pong", "churn"];

describe("mergeReport", () => {
  it("keeps what is not measured again, in the order of the scenarios", () => {
    const old = results("2026-01-01", "old", ALL, "echo-125-x1", "churn");
    const merged = mergeReport(results("2026-01-02", "new", ALL, "ping-pong", "churn"), old, ORDER);
    expect(merged.scenarios.map(({ id, date, subjects }) => [id, date, subjects[0]?.label])).toEqual([
      ["echo-125-x1", "2026-01-01", "old"],
      ["ping-pong", "2026-01-02", "new"],
      ["churn", "2026-01-02", "new"],
    ]);
  });

  it("keeps the subjects that are not measured again, and when they were", () => {
    const old = results("2026-01-01", "old", ALL, "churn");
    const part = { "node/samewire": "ours", "node/ws/level-1": "peer" } as const;
    const merged = mergeReport(results("2026-01-02", "new", part, "churn"), old, ORDER);
    const then = { date: "2026-01-01", rounds: 9, quick: false };
    const rows = (report: Results) =>
      report.scenarios[0]?.subjects.map(({ id, label, measured }) => [id, label, measured]);
    expect(rows(merged)).toEqual([
      ["node/samewire", "new", undefined],
      ["node/ws", "old", then],
      ["node/ws/level-1", "new", undefined],
      ["node/tcp", "old", then],
    ]);
    const again = mergeReport(results("2026-01-03", "newer", { "node/tcp": "tcp" }, "churn"), merged, ORDER);
    expect(rows(again)).toEqual([
      ["node/samewire", "new", { ...then, date: "2026-01-02" }],
      ["node/ws", "old", then],
      ["node/ws/level-1", "new", { ...then, date: "2026-01-02" }],
      ["node/tcp", "newer", undefined],
    ]);
  });
});

describe("earlierReport", () => {
  it("is what was written, or none", async () => {
    expect(await earlierReport(folder, machine)).toBeUndefined();
    const written = results("2026-01-01", "old", ALL, "churn");
    await writeReport(written, folder);
    expect(await earlierReport(folder, machine)).toEqual(JSON.parse(JSON.stringify(written)));
  });

  it("is refused when it cannot be read", async () => {
    await mkdir(join(folder, "benchmarks"));
    const path = join(folder, "benchmarks", "results.json");
    for (const text of ['{ "machine": {', "[]", "null", '{ "scenarios": [] }']) {
      await writeFile(path, text);
      await expect(earlierReport(folder, machine), text).rejects.toThrow("is no report");
    }
    await rm(path);
    await mkdir(path);
    await expect(earlierReport(folder, machine)).rejects.toThrow("cannot be read");
  });

  it("is refused when it was measured on another machine or with other software, by what differs", async () => {
    await writeReport(results("2026-01-01", "old", ALL, "churn"), folder);
    const alike = { ...machine, kernel: "Linux 6.18.51", memoryGiB: 23 };
    expect(await earlierReport(folder, alike)).toBeDefined();
    for (const [change, message] of [
      [{ cpu: "another CPU" }, "CPU a CPU there, another CPU here"],
      [{ cores: 4 }, "cores 2 there, 4 here"],
      [{ kernel: "Linux 6.19.1" }, "kernel Linux 6.18 there, Linux 6.19 here"],
      [{ pinned: false }, "processes pinned true there, false here"],
      [{ versions: { node: "22.0.0", ws: "8.0.0" } }, "conditions: node 20.0.0 there, 22.0.0 here"],
      [{ versions: { node: "20.0.0" } }, "ws 8.0.0 there, unknown here"],
    ] as const) {
      await expect(earlierReport(folder, { ...machine, ...change }), message).rejects.toThrow(message);
    }
  });
});
