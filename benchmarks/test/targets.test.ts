import { describe, expect, it } from "vitest";
import type { Outcome } from "../src/driver/job.ts";
import { participants } from "../src/participants.ts";
import { figuresOf, type Results, type ScenarioResult, type SubjectResult } from "../src/results.ts";
import { RUNTIMES } from "../src/runtimes.ts";
import { SCENARIOS } from "../src/scenarios.ts";
import { judge, TARGETS } from "../src/targets.ts";

function outcome(cpuMicroseconds: number, more: Partial<Outcome> = {}): Outcome {
  return {
    messages: 1000,
    seconds: 1,
    userSeconds: (cpuMicroseconds * 1000) / 2e6,
    systemSeconds: (cpuMicroseconds * 1000) / 2e6,
    driverSeconds: 0.5,
    p50: 100,
    p99: 200,
    rss: 50_000_000,
    sent: 131_000,
    received: 127_000,
    extensions: "",
    ...more,
  };
}

function subject(id: string, rounds: readonly Outcome[]): SubjectResult {
  return {
    id,
    label: id,
    kind: id.endsWith("samewire") ? "ours" : "peer",
    rounds: [],
    figures: figuresOf(rounds, 1000),
  };
}

function results(scenario: string, runtime: "node" | "bun" | "deno", cpu: Readonly<Record<string, number>>): Results {
  const one: ScenarioResult = {
    id: scenario,
    title: scenario,
    unit: "message",
    runtime,
    date: "2026-01-01",
    rounds: 1,
    quick: false,
    subjects: Object.entries(cpu).map(([id, value]) => subject(id, [outcome(value)])),
  };
  const machine = { cpu: "", cores: 2, memoryGiB: 1, kernel: "", pinned: true, cpuTimes: true, versions: {} };
  return { machine, scenarios: [one] };
}

function verdictOf(report: Results, against: string) {
  const verdict = judge(report).find(
    ({ target }) =>
      target.scenario === report.scenarios[0]?.id && target.against === against && target.figure === "cpu",
  );
  if (verdict === undefined) throw new Error("no such target");
  return verdict;
}

describe("targets", () => {
  it("are met up to the ratio, and missed above it", () => {
    const at = results("echo-16k-x1", "node", { "node/samewire": 8, "node/ws": 10, "node/tcp": 1 });
    expect(verdictOf(at, "node/ws")).toMatchObject({ outcome: "met", limit: 8, byPlainTcp: false });
    const above = results("echo-16k-x1", "node", { "node/samewire": 8.1, "node/ws": 10, "node/tcp": 1 });
    expect(verdictOf(above, "node/ws")).toMatchObject({ outcome: "not met" });
  });

  it("are also met at 1.15 x plain TCP, where the ratio would ask for less than TCP itself costs", () => {
    const near = results("echo-16k-x1", "node", { "node/samewire": 11.4, "node/ws": 10, "node/tcp": 10 });
    expect(verdictOf(near, "node/ws")).toMatchObject({ outcome: "met", limit: 11.5, byPlainTcp: true });
    const far = results("echo-16k-x1", "node", { "node/samewire": 11.6, "node/ws": 10, "node/tcp": 10 });
    expect(verdictOf(far, "node/ws")).toMatchObject({ outcome: "not met" });
  });

  it("of latency are driver-bound where the driver was busy on either side", () => {
    const report = (ours: number, theirs: number): Results => {
      const one = results("echo-125-x1", "node", {}).scenarios[0] as ScenarioResult;
      const subjects = [
        subject("node/samewire", [outcome(8, { driverSeconds: ours })]),
        subject("node/ws", [outcome(10, { driverSeconds: theirs })]),
      ];
      return { ...results("echo-125-x1", "node", {}), scenarios: [{ ...one, subjects }] };
    };
    const boundIn = (ours: number, theirs: number) =>
      judge(report(ours, theirs)).flatMap(({ target, driverBound }) => (driverBound ? [target.figure] : []));
    expect(boundIn(0.89, 0.89)).toEqual([]);
    expect(boundIn(0.9, 0.5)).toEqual(["p50", "p99"]);
    expect(boundIn(0.5, 0.95)).toEqual(["p50", "p99"]);
    expect(judge(report(0.9, 0.5)).find(({ target }) => target.figure === "p50")?.outcome).toBe("met");
  });

  it("are not measured where either side is missing", () => {
    expect(verdictOf(results("echo-16k-x1", "node", { "node/ws": 10 }), "node/ws").outcome).toBe("not measured");
  });

  it("name scenarios and subjects that exist", () => {
    const measured = new Set(
      SCENARIOS.flatMap((scenario) =>
        RUNTIMES.flatMap((runtime) => participants(scenario, runtime, []).map(({ id }) => `${scenario.id} ${id}`)),
      ),
    );
    for (const { scenario, from, against } of TARGETS) {
      expect(measured).toContain(`${scenario} ${against}`);
      if (from !== undefined) expect(measured).toContain(`${from} ${against}`);
    }
  });
});
