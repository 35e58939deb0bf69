import { describe, expect, it } from "vitest";
import { UsageError } from "../src/index.ts";
import { world } from "./_world.ts";

describe("a server throws at once", () => {
  it.each<Record<string, unknown>>([
    { maxConnections: Number.NaN },
    { maxConnections: -1 },
    { maxConnections: "10" },
    { origins: "same_origin" },
    { origins: null },
    { origins: ["example.com"] },
    { origins: [new URL("https://example.com/")] },
    { subprotocols: "chat" },
    { subprotocols: [1] },
    { message: 5 },
    { message: null },
    { upgrade: "x" },
    { message: () => {}, stream: () => {} },
    { compression: "yes" },
    { compression: null },
    { compression: { level: 11 } },
    { maxMessageSize: -1 },
    { overflow: "wait" },
  ])("for %j", (options) => {
    expect(() => world(options)).toThrow(UsageError);
  });
});

describe("a server takes", () => {
  it.each<Record<string, unknown>>([
    { maxConnections: 0 },
    { maxConnections: Number.POSITIVE_INFINITY },
    { origins: [] },
    { origins: ["https://example.com", "http://localhost:8080", "app://x"] },
    { origins: () => true },
    { subprotocols: [] },
    { message: undefined, stream: undefined, maxConnections: undefined, origins: undefined, subprotocols: undefined },
    { compression: { level: undefined, maxRatio: undefined, budget: undefined } },
  ])("%j", (options) => {
    expect(() => world(options)).not.toThrow();
  });
});

describe("a client rejects", () => {
  it.each<Record<string, unknown>>([{ subprotocols: "chat" }, { compression: "yes" }, { highWaterMark: Number.NaN }])(
    "%j",
    async (options) => {
      await expect(world().connect(options)).rejects.toThrow(UsageError);
    },
  );
});
