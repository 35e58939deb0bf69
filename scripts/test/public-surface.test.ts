import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** Names that only some adapters have, each with the reason. Everything else is on all four. */
const DIFFERENCES: Readonly<Record<string, { on: readonly string[]; because: string }>> = {
  attach: { on: ["node", "bun", "deno"], because: "workerd has no node:http server to attach to" },
  AttachOptions: { on: ["node", "bun", "deno"], because: "as attach" },
  AttachedServer: { on: ["node", "bun", "deno"], because: "as attach" },
  UpgradableServer: { on: ["node", "bun", "deno"], because: "as attach" },
  Unmatched: { on: ["node", "bun", "deno"], because: "as attach" },
  ListenOptions: { on: ["node", "bun", "deno"], because: "workerd is told where to listen by its configuration" },
  ServerTls: { on: ["node"], because: "the runtime's own TLS options, typed" },
  ClientTls: { on: ["node"], because: "the runtime's own TLS options, typed" },
  BunTls: { on: ["bun"], because: "the runtime's own TLS options, typed" },
  DenoTls: { on: ["deno"], because: "the runtime's own TLS options, typed" },
  DenoTlsNative: { on: ["deno"], because: "the runtime's own TLS options, typed" },
  WorkersTls: { on: ["workers"], because: "the runtime's own TLS options, typed" },
  Hub: { on: ["workers"], because: "the Durable Object in which connections can share I/O" },
  HubCalls: { on: ["workers"], because: "as Hub" },
  HubStub: { on: ["workers"], because: "as Hub" },
  WorkersServer: { on: ["workers"], because: "what a Worker exports in the place of a running server" },
};

const ADAPTERS = ["node", "bun", "deno", "workers"] as const;

function exportsOf(adapter: string): Set<string> {
  const file = new URL(`../../packages/${adapter}-adapter/src/index.ts`, import.meta.url);
  const source = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  const names = new Set<string>();
  for (const [, list = ""] of source.matchAll(/export (?:type )?\{([^}]*)\}/g)) {
    for (const item of list.split(",")) {
      const name = item
        .replace(/\btype\b/, "")
        .trim()
        .split(/\s+as\s+/)
        .pop();
      if (name) names.add(name);
    }
  }
  return names;
}

describe("the adapters' public names", () => {
  const surfaces = new Map<string, Set<string>>(ADAPTERS.map((adapter) => [adapter, exportsOf(adapter)]));
  const all = new Set([...surfaces.values()].flatMap((names) => [...names]));

  it("are the same but for the differences that are written down", () => {
    const found: Record<string, string[]> = {};
    for (const name of all) {
      const on = ADAPTERS.filter((adapter) => surfaces.get(adapter)?.has(name));
      if (on.length < ADAPTERS.length) found[name] = on;
    }
    const written = Object.fromEntries(Object.entries(DIFFERENCES).map(([name, { on }]) => [name, on]));
    for (const [name, on] of Object.entries(found)) expect(written[name], name).toEqual(on);
    for (const name of Object.keys(written)) expect(found[name], `${name} is no difference any more`).toBeDefined();
  });

  it("have serve and connect everywhere", () => {
    for (const adapter of ADAPTERS) {
      for (const name of ["serve", "connect", "refuse", "prepare"]) expect(surfaces.get(adapter)).toContain(name);
    }
  });
});
