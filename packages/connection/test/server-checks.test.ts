import { describe, expect, it } from "vitest";
import { connectWith, ServerCore, UsageError } from "../src/index.ts";
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
    { autoPong: "no" },
    { trustProxy: "yes" },
    { compression: [] },
  ])("for %j", (options) => {
    expect(() => world(options)).toThrow(UsageError);
  });
});

describe("drain", () => {
  it.each(["2000", null, -1, Number.NaN])("rejects the deadline %j, and goes on", async (deadline) => {
    const { connect, core } = world({ message: () => {} });
    const socket = await connect();
    await expect(core.drain({ deadline: deadline as never })).rejects.toThrow(UsageError);
    expect([socket.state, core.unavailable]).toEqual(["open", undefined]);
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
  it.each<Record<string, unknown>>([
    { subprotocols: "chat" },
    { compression: "yes" },
    { highWaterMark: Number.NaN },
    { signal: new AbortController() },
    { signal: null },
  ])("%j", async (options) => {
    await expect(world().connect(options)).rejects.toThrow(UsageError);
  });
});

it.each([undefined, null, "serve", 5])("%j is no options", async (options) => {
  expect(() => new ServerCore(options as never, {} as never)).toThrow(UsageError);
  const [dial, runtime] = [async () => {}, {} as never];
  if (options !== undefined) {
    await expect(connectWith(dial, "ws://localhost/", options as never, runtime)).rejects.toThrow(UsageError);
  }
  await expect(connectWith(dial, options as never, {}, runtime)).rejects.toThrow(UsageError);
});
