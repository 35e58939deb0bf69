import { describe, expect, it } from "vitest";
import type { Fault } from "./mutations/fault.ts";
import { judge } from "./mutations/judge.ts";
import { BROKEN_CLIENTS, BROKEN_SERVERS, type Mutant } from "./mutations/mutants.ts";

const ROLES = [
  ["server", BROKEN_SERVERS],
  ["client", BROKEN_CLIENTS],
] as const;

describe.each(ROLES)("a broken %s", (role, mutants) => {
  it.concurrent.each(mutants.map((mutant) => [mutant.fault, mutant] as const))(
    "that %s is caught",
    { timeout: 60_000 },
    async (_fault, { fault, caughtBy, verdict }) => {
      const { results } = await judge({ role, faults: new Set([fault]), ids: caughtBy, deliveries: ["whole"] });
      const seen = results.map(({ id, verdict: got }) => `${id}: ${got}`);
      expect(seen.sort()).toEqual(caughtBy.map((id) => `${id}: ${verdict}`).sort());
    },
  );
});

describe("the list of mutants", () => {
  it("has at least 25 faults, each caught in some role", () => {
    const faults = new Set<Fault>([...BROKEN_SERVERS, ...BROKEN_CLIENTS].map(({ fault }: Mutant) => fault));
    expect(faults.size).toBeGreaterThanOrEqual(25);
  });
});
