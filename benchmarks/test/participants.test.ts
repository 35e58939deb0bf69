import { describe, expect, it } from "vitest";
import { inTurn, participants } from "../src/participants.ts";
import { SCENARIOS, type Scenario } from "../src/scenarios.ts";

function idsOf(id: string, ...only: readonly string[]): readonly string[] {
  const scenario = SCENARIOS.find((candidate) => candidate.id === id) as Scenario;
  return (["node", "bun", "deno"] as const).flatMap((runtime) =>
    participants(scenario, runtime, only).map((subject) => subject.id),
  );
}

describe("participants", () => {
  it("are named by whole segments of their ids, or by their kind", () => {
    expect(idsOf("churn", "ws")).toEqual(["node/ws"]);
    expect(idsOf("churn", "ws-plain")).toEqual(["node/ws-plain"]);
    expect(idsOf("churn", "w")).toEqual([]);
    expect(idsOf("churn", "ours")).toEqual(["node/samewire", "bun/samewire", "deno/samewire"]);
    expect(idsOf("churn", "bun/serve", "upgrade")).toEqual(["bun/serve", "deno/upgrade"]);
    expect(idsOf("idle-1000", "deno/tcp")).toEqual(["deno/tcp", "deno/tcp/1k"]);
    expect(idsOf("idle-1000", "1k")).toEqual(["deno/tcp/1k"]);
  });

  it("begin in turn", () => {
    const rounds = [0, 1, 2, 3].map((round) => inTurn(["a", "b", "c"], round).join(""));
    expect(rounds).toEqual(["abc", "bca", "cab", "abc"]);
    expect(inTurn([], 2)).toEqual([]);
  });
});
