import { describe, expect, it } from "vitest";
import type { SocketHandler, WebSocketConnection } from "../src/index.ts";
import type { MemorySocket } from "../src/testing/index.ts";
import { take, world } from "./_world.ts";

function onlyConnection<C>(connections: ReadonlySet<WebSocketConnection<C>>): WebSocketConnection<C> {
  const [first] = connections;
  if (first === undefined) throw new Error("no connection");
  return first;
}

describe("keepalive", () => {
  it("LC-19 pings the silent, measures the round trip, and drops the dead", async () => {
    const { clock, connect, core, sockets } = world({ message: () => {}, pingInterval: 1000, pongTimeout: 500 });
    await connect();
    const server = onlyConnection(core.connections);
    await clock.advance(1000);
    expect(server.roundTripTime).toBeGreaterThanOrEqual(0);
    await clock.advance(5000);
    expect(server.state).toBe("open");
    sockets[0]?.pause();
    await clock.advance(1500);
    expect(await server.closed).toMatchObject({ code: 1006, clean: false });
    expect((await server.closed).error?.message).toContain("pongTimeout");
  });

  it("drops the dead also where the runtime borrows every write, and however much is sent to them", async () => {
    for (const backpressure of ["partial", "lent", "always-lent"] as const) {
      const options = { message: () => {}, pingInterval: 1000, pongTimeout: 500 };
      const { clock, connect, core, sockets } = world(options, { backpressure });
      await connect();
      const server = onlyConnection(core.connections);
      sockets[0]?.pause();
      for (let i = 0; i < 20; i++) {
        server.send("news");
        await clock.advance(100);
      }
      expect((await server.closed).error?.message, backpressure).toContain("pongTimeout");
    }
  });

  it("keeps to its interval where a Pong may take longer than that", async () => {
    const { clock, connect, core, sockets } = world({ message: () => {}, pingInterval: 100, pongTimeout: 20_000 });
    await connect();
    const before = sockets[0]?.other.writes.length ?? 0;
    await clock.advance(1050);
    expect((sockets[0]?.other.writes.length ?? 0) - before).toBe(10);
    // The Pong's deadline is over with the Pong: it would ping once more when it is due.
    expect(core.environment.deadlines.size).toBe(1);
  });

  it("goes on to ping who does not answer where pongTimeout is 0", async () => {
    const { clock, connect, core, sockets } = world({ message: () => {}, pingInterval: 1000, pongTimeout: 0 });
    await connect({ autoPong: false });
    const before = sockets[0]?.other.writes.length ?? 0;
    await clock.advance(10_500);
    expect((sockets[0]?.other.writes.length ?? 0) - before).toBe(10);
    expect(onlyConnection(core.connections).state).toBe("open");
  });

  it("LC-21 counts any byte as a sign of life", async () => {
    const { clock, connect, core, sockets } = world({ message: () => {}, pingInterval: 1000, pongTimeout: 500 });
    await connect();
    const server = onlyConnection(core.connections);
    // A long frame that comes slowly, from a peer that cannot answer a Ping before it is done.
    sockets[0]?.write(Uint8Array.of(0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0));
    for (let i = 0; i < 50; i++) {
      sockets[0]?.write(Uint8Array.of(1));
      await clock.advance(400);
    }
    expect(server.state).toBe("open");
  });

  it("stands still while we do not read", async () => {
    const { clock, connect, core } = world({
      message: () => new Promise<never>(() => {}),
      pingInterval: 1000,
      pongTimeout: 500,
      idleTimeout: 2000,
    });
    const socket = await connect();
    for (let i = 0; i < 10; i++) socket.send(new Uint8Array(32 * 1024));
    await clock.advance(20_000);
    expect(onlyConnection(core.connections).state).toBe("open");
  });

  it("does not take a peer for dead that takes what waits for it, however slowly", async () => {
    const { clock, connect, core, sockets } = world(
      { message: () => {}, pingInterval: 1000, pongTimeout: 500 },
      { backpressure: "lent", capacity: 200_000 },
    );
    await connect({ maxMessageSize: 20_000_000 });
    const server = onlyConnection(core.connections);
    const [client] = sockets as [MemorySocket];
    const handler = client.handler as SocketHandler;
    const { onBytes } = handler;
    handler.onBytes = (chunk, memory) => {
      client.pause();
      onBytes.call(handler, chunk, memory);
    };
    client.pause();
    server.send(new Uint8Array(15_000_000));
    for (let i = 0; i < 20; i++) {
      await clock.advance(400);
      client.resume();
    }
    expect(server.bufferedAmount).toBeGreaterThan(1_000_000);
    expect(server.state).toBe("open");
    await clock.advance(2000);
    expect(await server.closed).toMatchObject({ code: 1006 });
  });

  it("ends a connection that stopped reading for messages nobody asks for: 1003 at the time of a Ping, 1001 at idleTimeout", async () => {
    for (const settings of [{ pingInterval: 1000 }, { pingInterval: 0, idleTimeout: 1000 }]) {
      const { clock, connect, core } = world({ open: () => {}, ...settings });
      const socket = await connect();
      for (let i = 0; i < 10; i++) socket.send(new Uint8Array(32 * 1024));
      await clock.advance(900);
      expect(core.connections.size).toBe(1);
      await clock.advance(1200);
      expect(await socket.closed).toMatchObject({ code: settings.pingInterval > 0 ? 1003 : 1001, clean: true });
      expect(core.connections.size).toBe(0);
    }
  });

  it("leaves one alone whose open has not finished: it may still ask for them", async () => {
    let ask = (): void => {};
    const { clock, connect, core } = world({
      async open(socket) {
        await new Promise<void>((resolve) => (ask = resolve));
        while ((await socket.receive()) !== undefined);
      },
      pingInterval: 1000,
      pongTimeout: 500,
    });
    const socket = await connect();
    for (let i = 0; i < 10; i++) socket.send(new Uint8Array(32 * 1024));
    await clock.advance(10_000);
    ask();
    await clock.settle();
    expect([onlyConnection(core.connections).state, socket.bufferedAmount]).toEqual(["open", 0]);
  });

  it("leaves one alone of whom somebody has asked for messages, and a client", async () => {
    for (const side of ["server", "client"] as const) {
      const place = world({ open: (socket) => void (side === "server" && socket.receive()) });
      const options = { pingInterval: 1000, pongTimeout: 500 };
      const socket = await place.connect(side === "client" ? options : {});
      const other = onlyConnection(place.core.connections);
      const [from, to] = side === "client" ? [other, socket] : [socket, other];
      for (let i = 0; i < 10; i++) from.send(new Uint8Array(32 * 1024));
      await place.clock.advance(20_000);
      expect(to.state).toBe("open");
    }
  });

  it("pings while it does not read, too, so that a peer that has left is noticed", async () => {
    let aborted = false;
    const { clock, connect, core, sockets } = world({
      async message(socket) {
        await new Promise<void>((resolve) => socket.signal.addEventListener("abort", () => resolve()));
        aborted = true;
      },
      pingInterval: 1000,
      pongTimeout: 500,
    });
    const socket = await connect();
    for (let i = 0; i < 10; i++) socket.send(new Uint8Array(32 * 1024));
    await clock.advance(500);
    const [client] = sockets as [MemorySocket];
    const before = client.other.writes.length;
    await clock.advance(5000);
    expect(client.other.writes.length).toBeGreaterThan(before);
    expect(onlyConnection(core.connections).state).toBe("open");
    client.reset();
    await clock.settle();
    expect(aborted).toBe(true);
  });

  it("goes on to ping where a Ping was answered before the pause", async () => {
    const { clock, connect, core, sockets } = world({
      message: () => new Promise(() => {}),
      receiveHighWaterMark: 1000,
      pingInterval: 1000,
      pongTimeout: 500,
    });
    const socket = await connect();
    await clock.advance(1100);
    expect(onlyConnection(core.connections).roundTripTime).toBeDefined();
    for (let i = 0; i < 3; i++) socket.send(new Uint8Array(1000));
    await clock.settle();
    const [client] = sockets as [MemorySocket];
    const before = client.other.writes.length;
    await clock.advance(10_000);
    expect(client.other.writes.length - before).toBeGreaterThanOrEqual(8);
    expect(onlyConnection(core.connections).state).toBe("open");
  });

  it("takes no time from a Ping that it sent while it did not read", async () => {
    let release = (): void => {};
    const { clock, connect, core } = world({
      message: () => new Promise<void>((resolve) => (release = resolve)),
      receiveHighWaterMark: 1000,
      pingInterval: 1000,
      pongTimeout: 500,
    });
    const socket = await connect();
    const server = onlyConnection(core.connections);
    socket.send("held");
    for (let i = 0; i < 3; i++) socket.send(new Uint8Array(1000));
    await clock.advance(3500);
    for (let i = 0; i < 4; i++) {
      release();
      await clock.settle();
    }
    expect(server.roundTripTime).toBeUndefined();
    await clock.advance(1100);
    expect(server.roundTripTime).toBe(0);
  });

  it("expects nothing more of a peer that has closed, and waits for what a handler still does", async () => {
    const { clock, connect } = world({
      message: (socket) => new Promise((resolve) => void clock.setTimer(() => resolve(socket.send("done")), 3000)),
      pingInterval: 500,
      pongTimeout: 500,
      idleTimeout: 1000,
    });
    const socket = await connect();
    socket.send("work");
    await clock.settle();
    const closed = socket.close(4000);
    await clock.advance(3100);
    expect(await closed).toMatchObject({ code: 4000, clean: true });
  });

  it("LC-24 a process that was suspended does not take its peers for dead", async () => {
    const { clock, connect, core } = world({ message: () => {}, pingInterval: 1000, pongTimeout: 500 });
    await connect();
    const server = onlyConnection(core.connections);
    await clock.advance(900);
    await clock.jump(30_000);
    await clock.advance(3000);
    expect(server.state).toBe("open");
  });

  it("idleTimeout looks at messages received only, and closes with 1001", async () => {
    const { clock, connect, core } = world({ message: () => {}, idleTimeout: 1000, pingInterval: 300 });
    const socket = await connect();
    await clock.advance(800);
    socket.send("alive");
    await clock.advance(800);
    const server = onlyConnection(core.connections);
    server.send("not a sign of the peer's life");
    await clock.advance(300);
    expect(await socket.closed).toMatchObject({ code: 1001, reason: "idleTimeout reached" });
  });

  it("idleTimeout counts each part of a message that is received as a stream", async () => {
    let size = 0;
    const { clock, connect, sockets } = world({
      async stream(_socket, stream) {
        for await (const chunk of stream) size += chunk.length;
      },
      idleTimeout: 1000,
    });
    const socket = await connect();
    for (let i = 0; i < 5; i++) {
      sockets[0]?.write(Uint8Array.of(i === 0 ? 0x02 : 0x00, 0x81, 0, 0, 0, 0, 1));
      await clock.advance(800);
    }
    expect([size, socket.state]).toEqual([5, "open"]);
    await clock.advance(300);
    expect(await socket.closed).toMatchObject({ code: 1001, reason: "idleTimeout reached" });
  });

  it("maxLifetime closes with 1001 whatever happens", async () => {
    const { clock, connect } = world({ message: () => {}, maxLifetime: 5000 });
    const socket = await connect();
    for (let i = 0; i < 10; i++) {
      socket.send("busy");
      await clock.advance(500);
    }
    expect(await socket.closed).toMatchObject({ code: 1001 });
  });

  it("CT-12 takes only the answer to its last Ping for an answer, once (5.5.3)", async () => {
    const { clock, connect, core } = world({ message: () => {}, pingInterval: 1000 });
    const socket = await connect({ autoPong: false });
    const server = onlyConnection(core.connections);
    const pong = async (payload: string | Uint8Array): Promise<void> => {
      socket.pong(payload);
      await clock.settle();
    };
    await pong(Uint8Array.of(0, 0, 0, 0));
    expect(server.roundTripTime).toBeUndefined();
    await clock.advance(1050);
    for (const other of ["", "never asked for", Uint8Array.of(0, 0, 0, 2)]) await pong(other);
    expect(server.roundTripTime).toBeUndefined();
    await pong(Uint8Array.of(0, 0, 0, 1));
    expect(server.roundTripTime).toBe(50);
    await clock.advance(50);
    await pong(Uint8Array.of(0, 0, 0, 1));
    expect(server.roundTripTime).toBe(50);
    expect(server.state).toBe("open");
  });

  it("expects no Pong to a Ping that there was no room for", async () => {
    const { clock, connect, core, sockets } = world({
      message: () => {},
      pingInterval: 1000,
      pongTimeout: 500,
      maxBufferedAmount: 100_000,
      overflow: "drop",
    });
    const socket = await connect();
    const server = onlyConnection(core.connections);
    sockets[0]?.pause();
    server.send(new Uint8Array(500_000));
    await clock.advance(10_000);
    expect(server.state).toBe("open");
    sockets[0]?.resume();
    await take(clock, socket);
    await clock.advance(2000);
    expect(server.roundTripTime).toBeGreaterThanOrEqual(0);
  });

  it("arms nothing where its Ping is what ends the connection", async () => {
    const { clock, connect, core, sockets } = world({
      message: () => new Promise(() => {}),
      pingInterval: 1000,
      maxBufferedAmount: 100_000,
    });
    const socket = await connect();
    const server = onlyConnection(core.connections);
    sockets[0]?.pause();
    socket.send("x");
    void socket.close();
    server.send(new Uint8Array(500_000));
    await clock.advance(60_000);
    expect(core.environment.deadlines.size).toBe(0);
  });
});
