import { describe, expect, it } from "vitest";
import { type CaseContext, type ConformanceCase, defineCase } from "../src/case.ts";
import { Overdue } from "../src/case-failure.ts";
import type { Endpoint } from "../src/endpoints/endpoint.ts";
import { runSuite, type SuiteReport } from "../src/index.ts";
import { resolveTestee } from "../src/testee.ts";

function stub(repeats: boolean): Endpoint {
  const none = (): never => {
    throw new Error("these cases make no connection");
  };
  const session = { ready: () => Promise.resolve(), connect: none, open: none, finish: () => Promise.resolve() };
  return { launchesClients: false, repeats, begin: () => session, close: () => Promise.resolve() };
}

/** A case whose runs go as `each` says, which is told how many went before. */
function counted(id: string, each: (before: number, context: CaseContext) => void): ConformanceCase[] {
  let runs = 0;
  return defineCase({
    id,
    title: "A case of the runner",
    section: "RFC 6455 7.1.1",
    roles: ["server"],
    input: "nothing",
    expectation: "The runner judges it.",
    run(context) {
      each(runs++, context);
      return Promise.resolve();
    },
  });
}

const overdue = (): never => {
  throw new Overdue("nothing came for 6000 ms");
};

function run(cases: readonly ConformanceCase[], repeats = true): Promise<SuiteReport> {
  return runSuite({
    cases,
    endpoint: stub(repeats),
    testee: resolveTestee({}),
    target: "none",
    role: "server",
    group: "core",
    concurrency: 4,
    deliveries: ["whole"],
    seed: 1,
  });
}

const verdicts = ({ results }: SuiteReport): string[] => results.map(({ verdict }) => verdict);

describe("runSuite", () => {
  it("repeats a run that was late, when no other is in flight, and says so", async () => {
    const report = await run([
      ...counted("LC-1", (before) => before === 0 && overdue()),
      ...counted("LC-2", (before, context) => before === 0 && context.late("not before the rest")),
      ...counted("LC-3", () => {}),
    ]);
    expect(verdicts(report)).toEqual(["informational", "informational", "pass"]);
    expect(report.results[0]?.reasons).toEqual([
      "in time when repeated alone; beside other runs it was late: nothing came for 6000 ms",
    ]);
  });

  it("lets the repetition decide, and repeats no other failure", async () => {
    const report = await run([
      ...counted("LC-1", overdue),
      ...counted("LC-2", (_, context) => context.late("not before the rest")),
      ...counted("LC-3", (before) => {
        if (before === 0) throw new Error("broken");
      }),
    ]);
    expect(verdicts(report)).toEqual(["fail", "non-strict", "fail"]);
  });

  it("repeats none where many were late, or where the testee decides what runs", async () => {
    const late = (count: number): ConformanceCase[] =>
      Array.from({ length: count }, (_, index) => counted(`LC-${index}`, (before) => before === 0 && overdue())).flat();
    expect(new Set(verdicts(await run(late(13))))).toEqual(new Set(["fail"]));
    expect(verdicts(await run(late(2), false))).toEqual(["fail", "fail"]);
  });
});
