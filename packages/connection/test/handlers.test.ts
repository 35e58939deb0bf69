import { describe, expect, it, vi } from "vitest";
import type { CloseInfo, WebSocketConnection } from "../src/index.ts";
import { UsageError } from "../src/index.ts";
import { wireOf, world } from "./_world.ts";

const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("handlers", () => {
  it("run one after the other: a pending promise holds the next message back", async () => {
    const log: string[] = [];
    let release: (() => void) | undefined;
    const { clock, connect } = world({
      async message(_socket, message) {
        log.push(`begin ${message}`);
        if (message === "a") {
          await new Promise<void>((resolve) => {
            release = resolve;
          });
        }
        log.push(`end ${message}`);
      },
    });
    const socket = await connect();
    for (const one of ["a", "b", "c"]) socket.send(one);
    await clock.settle();
    expect(log).toEqual(["begin a"]);
    release?.();
    await clock.settle();
    expect(log).toEqual(["begin a", "end a", "begin b", "end b", "begin c", "end c"]);
  });

  it("get nothing before open has finished, and lose nothing", async () => {
    const log: string[] = [];
    let opened: (() => void) | undefined;
    const { clock, connect } = world({
      open: () =>
        new Promise<void>((resolve) => {
          opened = resolve;
        }),
      message: (_socket, message) => {
        log.push(String(message));
      },
    });
    const socket = await connect();
    socket.send("first");
    socket.send("second");
    await clock.settle();
    expect(log).toEqual([]);
    opened?.();
    await clock.settle();
    expect(log).toEqual(["first", "second"]);
  });

  it("may receive within open, and handle what follows", async () => {
    const log: string[] = [];
    const { clock, connect } = world({
      async open(socket) {
        log.push(`login ${await socket.receive()}`);
      },
      message: (_socket, message) => {
        log.push(`message ${message}`);
      },
    });
    const socket = await connect();
    socket.send("me");
    socket.send("hello");
    await clock.settle();
    expect(log).toEqual(["login me", "message hello"]);
  });

  it("may not receive after open: receive rejects, iterating throws", async () => {
    let server: WebSocketConnection | undefined;
    const { connect } = world({
      open: (socket) => {
        server = socket;
      },
      message: () => {},
    });
    await connect();
    await expect(server?.receive()).rejects.toBeInstanceOf(UsageError);
    expect(() => server?.[Symbol.asyncIterator]()).toThrow(UsageError);
  });

  for (const [way, message] of [
    [
      "throws",
      () => {
        throw new Error("oops");
      },
    ],
    [
      "rejects",
      async () => {
        throw new Error("oops");
      },
    ],
    ["rejects with nothing", () => Promise.reject()],
    [
      "throws undefined",
      () => {
        throw undefined;
      },
    ],
  ] as const) {
    it(`that ${way} closes with 1011 and tells the error handler`, async () => {
      const errors: unknown[] = [];
      const closes: CloseInfo[] = [];
      const { clock, connect } = world({
        message,
        error: (_socket, error) => {
          errors.push(error);
        },
        close: (_socket, info) => {
          closes.push(info);
        },
      });
      const socket = await connect();
      socket.send("x");
      await clock.settle();
      expect(await socket.closed).toMatchObject({ code: 1011, clean: true });
      expect(errors).toHaveLength(1);
      expect(closes).toHaveLength(1);
      expect(closes[0]?.sent?.code).toBe(1011);
    });
  }

  it("that never settles: reading pauses at the mark, control frames already read are handled, close is answered in time", async () => {
    const closes: CloseInfo[] = [];
    const pings: Uint8Array[] = [];
    const { clock, connect, core, sockets } = world({
      message: () => new Promise<never>(() => {}),
      ping: (_socket, payload) => {
        pings.push(payload);
      },
      close: (_socket, info) => {
        closes.push(info);
      },
    });
    const socket = await connect();
    socket.send("x");
    socket.ping("p");
    await clock.settle();
    expect(pings).toHaveLength(1);
    for (let i = 0; i < 100; i++) socket.send(new Uint8Array(16 * 1024));
    await clock.settle();
    const server = [...core.connections][0] as WebSocketConnection;
    expect(sockets[0]?.other.paused).toBe(true);
    const closing = server.close(4000, "enough");
    await clock.settle();
    expect(await closing).toMatchObject({ clean: true });
    await clock.advance(10_000);
    expect(closes).toHaveLength(1);
    expect(core.connectionCount).toBe(0);
  });

  it("may await close() inside a handler", async () => {
    const log: string[] = [];
    const { clock, connect } = world({
      async message(socket) {
        log.push(`clean ${(await socket.close(4001, "done")).clean}`);
      },
      close: () => {
        log.push("close");
      },
    });
    const socket = await connect();
    socket.send("a");
    socket.send("dropped");
    await clock.settle();
    expect(await socket.closed).toMatchObject({ code: 4001, reason: "done" });
    expect(log).toEqual(["clean true", "close"]);
  });

  it("are called in order: open, message, close; close once and last", async () => {
    const log: string[] = [];
    const { clock, connect } = world({
      open: async () => {
        await later();
        log.push("open");
      },
      message: async (_socket, message) => {
        await later();
        log.push(`message ${message}`);
      },
      close: () => {
        log.push("close");
      },
    });
    const socket = await connect();
    socket.send("1");
    socket.send("2");
    const closed = socket.close();
    for (let i = 0; i < 20; i++) {
      await later();
      await clock.settle();
    }
    expect(await closed).toMatchObject({ code: 1000, clean: true });
    expect(log).toEqual(["open", "message 1", "message 2", "close"]);
  });

  it("whose replies come late are still sent before the answer to Close", async () => {
    const place = world({
      async message(socket, message) {
        await later();
        socket.send(`echo ${message}`);
      },
    });
    const { clock, connect } = place;
    const socket = await connect();
    const wire = wireOf(place);
    socket.send("1");
    void socket.close();
    for (let i = 0; i < 10; i++) {
      await later();
      await clock.settle();
    }
    expect(wire.join("")).toBe("\x81\x06echo 1\x88\x02\x03\xe8");
    expect(socket.state).toBe("closed");
  });

  it("API-6 send after close returns false and drops", async () => {
    const results: boolean[] = [];
    const { clock, connect } = world({
      async message(socket) {
        await socket.close();
        results.push(socket.send("late"));
      },
    });
    const socket = await connect();
    socket.send("x");
    await clock.settle();
    expect(results).toEqual([false]);
    expect(socket.send("x")).toBe(false);
  });

  it("a close handler that throws tells the error handler and nobody else", async () => {
    const error = vi.fn();
    const { clock, connect } = world({
      message: () => {},
      close: () => {
        throw new Error("late");
      },
      error,
    });
    const socket = await connect();
    void socket.close();
    await clock.settle();
    expect(error).toHaveBeenCalledOnce();
  });

  it("an error handler that throws or rejects is contained", async () => {
    for (const error of [
      () => {
        throw new Error("again");
      },
      async () => {
        throw new Error("again");
      },
    ]) {
      const { clock, connect } = world({
        message: () => {
          throw new Error("first");
        },
        error,
      });
      const socket = await connect();
      socket.send("x");
      await clock.settle();
      expect(await socket.closed).toMatchObject({ code: 1011 });
    }
  });

  it("drain runs after send has returned false", async () => {
    const drain = vi.fn();
    const { clock, connect, core, sockets } = world({ message: () => {}, drain });
    await connect();
    const client = sockets[0];
    client?.pause();
    const server = [...core.connections][0] as WebSocketConnection;
    let sent = 0;
    while (server.send(new Uint8Array(8192)) && sent < 1000) {
      sent++;
      await clock.settle();
    }
    expect(sent).toBeGreaterThan(8);
    expect(sent).toBeLessThan(1000);
    const drained = server.drained();
    client?.resume();
    await clock.settle();
    await drained;
    expect(drain).toHaveBeenCalledOnce();
    expect(server.bufferedAmount).toBeLessThanOrEqual(16 * 1024);
  });

  it("thenables whose then gives nothing are awaited by every handler", async () => {
    for (const name of ["open", "message", "stream"] as const) {
      const log: string[] = [];
      const slow = (): unknown => {
        log.push("begins");
        // biome-ignore lint/suspicious/noThenProperty: what the test is about
        return { then: (done: () => void) => void clock.setTimer(() => log.push("ends") && done(), 10) };
      };
      const { clock, connect } = world({
        ...(name === "stream" ? {} : { message: () => void log.push("message") }),
        [name]: slow,
      });
      const socket = await connect();
      for (const message of ["1", "2"]) socket.send(message);
      await clock.advance(100);
      const twice = ["begins", "ends", "begins", "ends"];
      expect(log, name).toEqual(name === "open" ? ["begins", "ends", "message", "message"] : twice);
    }
  });
});
