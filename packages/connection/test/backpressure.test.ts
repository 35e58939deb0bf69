import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { prepare, type WebSocketConnection } from "../src/index.ts";
import { take, wireOf, world } from "./_world.ts";

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("backpressure", () => {
  it("drop: tells when there is room again, also where the cap is below the high-water mark", async () => {
    let drains = 0;
    const { clock, connect, core, sockets } = world(
      { maxBufferedAmount: 10_000, overflow: "drop", drain: () => void drains++ },
      { capacity: 1000 },
    );
    await connect();
    const [server] = core.connections as Iterable<WebSocketConnection>;
    sockets[0]?.pause();
    for (let i = 0; i < 100 && server?.send(new Uint8Array(5000)); i++);
    expect(server?.send("no room")).toBe(false);
    const drained = server?.drained().then(() => "drained");
    expect(await Promise.race([drained, nextTurn()])).toBeUndefined();
    sockets[0]?.resume();
    await clock.settle();
    expect(await drained).toBe("drained");
    expect(drains).toBe(1);
    expect(server?.send("room")).toBe(true);
  });

  it.each([false, { threshold: 0 }])(
    "counts to the cap only what waits for the peer, not for the end of a turn: %j",
    async (compression) => {
      let accepted = 0;
      const { clock, connect, core } = world({
        compression,
        maxBufferedAmount: 1000,
        message(socket) {
          for (let i = 0; i < 50; i++) {
            const noise = randomBytes(300);
            for (const message of [noise, new DataView(noise.buffer, noise.byteOffset, 300), prepare(noise)]) {
              if (socket.send(message) && socket.ping()) accepted++;
            }
          }
        },
      });
      const socket = await connect({ compression: true });
      const [server] = core.connections;
      socket.send("go");
      await clock.settle();
      expect(accepted).toBe(150);
      expect(server?.state).toBe("open");
      for (let i = 0; i < 150; i++) expect(await take(clock, socket)).toHaveLength(300);
    },
  );

  it("meets backpressure in a loop of small messages outside of a turn, too", async () => {
    const { connect, core, sockets } = world({}, { capacity: 1000 });
    await connect();
    const [server] = core.connections as Iterable<WebSocketConnection>;
    sockets[0]?.pause();
    let sent = 0;
    while (sent < 10_000 && server?.send("small")) sent++;
    expect(sent).toBeLessThan(10_000);
    expect(server?.bufferedAmount).toBeLessThan(80_000);
  });

  it("calls no drain handler once the connection is over", async () => {
    const log: string[] = [];
    const { clock, connect, core } = world({
      drain: () => void log.push("drain"),
      close: () => void log.push("close"),
    });
    await connect();
    const [server] = core.connections as Iterable<WebSocketConnection>;
    const source = (async function* () {
      yield "a";
      await new Promise(() => {});
    })();
    const sending = server?.send(source);
    await clock.settle();
    expect(server?.send(new Uint8Array(100_000))).toBe(false);
    server?.terminate();
    await expect(sending).rejects.toThrow("closed");
    await clock.settle();
    expect(log).toEqual(["close"]);
  });

  it("answers Pings also while more waits than the peer takes at a time, the last one each time (5.5.2)", async () => {
    const place = world({ message: () => {} }, { backpressure: "lent", capacity: 1024 });
    const { clock, connect, core } = place;
    const socket = await connect();
    const [server] = core.connections;
    const wire = wireOf(place);
    for (let i = 0; i < 200; i++) {
      // Whenever the peer has taken something, more waits already.
      server?.send(new Uint8Array(2000));
      socket.ping("ping");
      await clock.turn();
    }
    const answered = wire.join("").split("\x8a\x04ping").length - 1;
    expect(answered).toBeGreaterThan(2);
  });
});
