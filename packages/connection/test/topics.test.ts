import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { prepare, UsageError, type WebSocketConnection } from "../src/index.ts";
import { take, world } from "./_world.ts";

describe("topics", () => {
  it("reaches every subscriber once, encoded once", async () => {
    const { clock, connect, core } = world({
      open: (socket) => {
        socket.subscribe("news");
        socket.subscribe("news");
      },
      message: (socket, message) => {
        if (message === "leave") socket.unsubscribe("news");
      },
    });
    const [a, b] = await Promise.all([connect(), connect()]);
    expect(core.publish("news", "one")).toBe(2);
    await clock.settle();
    expect(await take(clock, a as WebSocketConnection)).toBe("one");
    b?.send("leave");
    await clock.settle();
    expect(core.publish("news", prepare(Uint8Array.of(1)))).toBe(1);
    expect(await take(clock, a as WebSocketConnection)).toEqual(Uint8Array.of(1));
    void a?.close();
    await clock.settle();
    expect(core.publish("news", "nobody")).toBe(0);
    expect(() => b?.subscribe("x")).toThrow(UsageError);
    const c = await connect();
    for (const topic of [undefined, null, 5, {}]) {
      expect(() => [...core.connections][0]?.subscribe(topic as never)).toThrow("a topic is a string");
    }
    void c.close();
  });

  it("reaches each of many, in order, also those that something waits for", async () => {
    const { clock, connect, core } = world(
      { open: (socket) => socket.subscribe("news") },
      { backpressure: "lent", capacity: 1000 },
    );
    const clients = await Promise.all(Array.from({ length: 50 }, () => connect()));
    const servers = [...core.connections];
    for (const server of servers.filter((_, i) => i % 7 === 0)) server.send("x".repeat(5000));
    expect(core.publish("news", "one")).toBe(50);
    expect(core.publish("news", "two")).toBe(50);
    for (const [i, client] of clients.entries()) {
      if (i % 7 === 0) expect(await take(clock, client)).toHaveLength(5000);
      expect(await take(clock, client)).toBe("one");
      expect(await take(clock, client)).toBe("two");
    }
  });

  it("counts no subscriber that is closing", async () => {
    const { clock, connect, core, sockets } = world({ open: (socket) => socket.subscribe("news") });
    await connect();
    sockets[0]?.pause();
    const [server] = core.connections;
    void server?.close();
    await clock.settle();
    expect(server?.state).toBe("closing");
    expect(core.publish("news", "one")).toBe(0);
  });

  it("keeps nothing of a topic that nobody subscribes to any more", async () => {
    const { clock, connect, core } = world({ message: () => {} });
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc") as () => void;
    const cycle = async (count: number): Promise<void> => {
      for (let leaving = 0; leaving < 3; leaving++) {
        const socket = await connect();
        const [server] = core.connections;
        for (let i = 0; i < count; i++) {
          server?.subscribe(`topic ${leaving} ${i}`);
          if (leaving === 1) server?.subscribe(`other ${i}`);
          if (leaving < 2) server?.unsubscribe(`topic ${leaving} ${i}`);
        }
        void socket.close();
        await clock.settle();
        // It is over: nobody would ever take it out again.
        for (let i = 0; i < count; i++) server?.subscribe(`late ${i}`);
      }
    };
    await cycle(10);
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    await cycle(50_000);
    collectGarbage();
    // Each topic took some 300 bytes.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(1_000_000);
  });
});
