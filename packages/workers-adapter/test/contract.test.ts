import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { startRelays } from "./_relay.ts";
import { startWorkerd } from "./_workerd.ts";
import type { TestResult } from "./workers/node-test.ts";

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const relays = await startRelays();
const workerd = await startWorkerd({
  entry: "workers/contract-worker.ts",
  hub: "ContractHub",
  plugins: [
    {
      name: "what workerd lacks",
      setup({ onResolve }) {
        onResolve({ filter: /^node:test$/ }, () => ({ path: here("workers/node-test.ts") }));
        onResolve({ filter: /\/reset-proxy\.ts$/ }, () => ({ path: here("workers/reset-proxy.ts") }));
      },
    },
  ],
});
afterAll(async () => {
  relays.stop();
  await workerd.stop();
});

const { tcp, http } = workerd.ports;
const response = await fetch(`http://127.0.0.1:${http}/${tcp}/${relays.port}`);
const results = (await response.json()) as TestResult[];

/** Where workerd does not allow what the contract asks, and how that shows. */
const deviations: Readonly<Record<string, RegExp>> = {
  // An outbound socket whose write was aborted keeps its TCP connection until it is collected.
  "destroy while a write is blocked": /waited \d+ ms for the peer to notice/,
};

it("runs the whole contract", () => {
  expect(results.length).toBeGreaterThan(20);
});

for (const { name, error } of results) {
  it(`workerd TCP: ${name}`, () => {
    const deviation = deviations[name];
    if (deviation === undefined) expect(error).toBe(undefined);
    else expect(error).toMatch(deviation);
  });
}
