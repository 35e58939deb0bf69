import { describe, expect, it, vi } from "vitest";
import type { IncomingStream, WebSocketConnection } from "../src/index.ts";
import { head, raw, UPGRADE } from "./_requests.ts";
import { take, type World, world } from "./_world.ts";

const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Sends a request with these frames behind it, in one chunk; gives what comes back after the response. */
async function exchange(place: World<undefined>, frames: string): Promise<string> {
  const { socket, answer } = raw(place);
  socket.write(Buffer.from(head("GET / HTTP/1.1", UPGRADE) + frames, "latin1"));
  for (let i = 0; i < 5; i++) {
    await later();
    await place.clock.settle();
  }
  return answer.text.slice(answer.text.indexOf("\r\n\r\n") + 4);
}

for (const way of ["handler", "async handler", "iteration", "receive"] as const) {
  it(`${way}: what came before a fault in the same chunk is answered before the Close frame (7.1.7)`, async () => {
    const echo = (socket: WebSocketConnection, message: string | Uint8Array): void => void socket.send(message);
    const place = world({
      ...(way === "handler" && { message: echo }),
      ...(way === "async handler" && {
        message: async (socket: WebSocketConnection, message: string | Uint8Array) => {
          await later();
          echo(socket, message);
        },
      }),
      ...(way === "iteration" && {
        open: async (socket: WebSocketConnection) => {
          for await (const message of socket) echo(socket, message);
        },
      }),
      ...(way === "receive" && {
        open: async (socket: WebSocketConnection) => echo(socket, (await socket.receive()) ?? "nothing"),
      }),
    });
    expect(await exchange(place, "\x81\x82\0\0\0\0hi\x83\x80\0\0\0\0")).toBe("\x81\x02hi\x88\x02\x03\xea");
  });
}

describe("receiving", () => {
  it("who leaves one of two loops does not end the wait for the other's reply", async () => {
    const { clock, connect, core } = world();
    const client = await connect();
    const [server] = core.connections as Iterable<WebSocketConnection>;
    const sent: unknown[] = [];
    const reading = (async () => {
      for await (const message of server as WebSocketConnection) {
        await later();
        sent.push(server?.send(`re ${message}`));
      }
    })();
    client.send("one");
    await clock.settle();
    await (server as WebSocketConnection)[Symbol.asyncIterator]().return?.();
    void client.close();
    for (let i = 0; i < 3; i++) {
      await clock.settle();
      await later();
    }
    await reading;
    expect(sent).toEqual([true]);
  });

  it("who has left the loop does not hold the peer's closing handshake, though a message waits", async () => {
    const { clock, connect, core } = world();
    const socket = await connect();
    const [server] = core.connections;
    const reading = (async () => {
      for await (const message of socket) return message;
      return undefined;
    })();
    for (const message of ["one", "two"]) server?.send(message);
    await clock.settle();
    expect(await reading).toBe("one");
    const closed = vi.fn();
    void server?.close().then(closed);
    await clock.settle();
    expect(closed.mock.calls[0]?.[0]).toMatchObject({ code: 1000, clean: true });
    expect(await socket.receive()).toBe("two");
    expect(await socket.receive()).toBeUndefined();
  });

  it("who reads on at once after the loop can still reply", async () => {
    const place = world({
      async open(socket) {
        for await (const _ of socket) break;
        socket.send(`${await socket.receive()}`);
      },
    });
    const frames = "\x81\x82\0\0\0\0hi\x81\x82\0\0\0\0yo\x88\x80\0\0\0\0";
    expect(await exchange(place, frames)).toBe("\x81\x02yo\x88\x00");
  });

  it("an iteration that is over takes nothing any more, and its calls that wait have an end", async () => {
    const { clock, connect, core } = world({ open: () => {} });
    const socket = await connect();
    const [server] = core.connections;
    const iteration = socket[Symbol.asyncIterator]();
    const waiting = [iteration.next(), iteration.next()];
    await iteration.return?.();
    const over = { done: true, value: undefined };
    expect(await Promise.all([...waiting, iteration.next()])).toEqual([over, over, over]);
    server?.send("for somebody else");
    expect(await take(clock, socket)).toBe("for somebody else");
  });

  it("iterates until the connection is closed, and leaves it open when the loop is left", async () => {
    const { clock, connect } = world({
      async open(socket) {
        for await (const message of socket) {
          if (message === "stop") break;
          socket.send(`got ${message}`);
        }
        socket.send("left");
      },
    });
    const socket = await connect();
    for (const one of ["1", "2", "stop"]) socket.send(one);
    await clock.settle();
    expect(await take(clock, socket)).toBe("got 1");
    expect(await take(clock, socket)).toBe("got 2");
    expect(await take(clock, socket)).toBe("left");
    expect(socket.state).toBe("open");
    void socket.close();
    await clock.settle();
    expect(await take(clock, socket)).toBeUndefined();
  });

  it("keeps what came before the Close frame for a reader that comes late", async () => {
    const { clock, connect } = world({
      open: (socket) => {
        socket.send("one");
        socket.send("two");
        void socket.close(4000);
      },
    });
    const socket = await connect();
    await clock.settle();
    expect(await socket.closed).toMatchObject({ code: 4000 });
    expect(await take(clock, socket)).toBe("one");
    expect(await take(clock, socket)).toBe("two");
    expect(await take(clock, socket)).toBeUndefined();
  });
});

/** A mask of zeroes. */
const MASK = "\0\0\0\0";

describe("a message read as a stream that breaks off", () => {
  for (const [how, frames, answer] of [
    ["by a Close frame", `\x88\x82${MASK}\x0f\xa0`, "\x88\x02\x0f\xa0"],
    ["by an empty Close frame", `\x88\x80${MASK}`, "\x88\x00"],
    ["by bad UTF-8", `\x80\x81${MASK}\xff`, "\x88\x02\x03\xef"],
    ["by a reserved opcode", `\x83\x80${MASK}`, "\x88\x02\x03\xea"],
  ] as const) {
    it(`${how} tells its reader at once, and the peer gets its answer`, async () => {
      const log: string[] = [];
      const place = world({
        closeTimeout: 0,
        async stream(_socket, stream) {
          for await (const chunk of stream) log.push(Buffer.from(chunk).toString());
        },
        error: (_socket, error) => void log.push(error instanceof Error ? "error" : "?"),
        close: (_socket, { clean }) => void log.push(`close ${clean}`),
      });
      expect(await exchange(place, `\x01\x82${MASK}hi${frames}`)).toBe(answer);
      expect(log).toEqual(["hi", "error", `close ${how.endsWith("Close frame")}`]);
    });
  }

  it("by a Close frame, while a handler that looks at no stream decides: what it throws is its own", async () => {
    const place = world({
      async stream() {
        await later();
        throw new Error("mine");
      },
    });
    expect(await exchange(place, `\x01\x82${MASK}hi\x88\x82${MASK}\x0f\xa0`)).toBe("\x88\x02\x03\xf3");
  });
});

/** "a" and "b" in one chunk, for a server whose handlers are these. */
async function sendBoth(handlers: Parameters<typeof world>[0]): Promise<void> {
  const { clock, connect } = world(handlers);
  const socket = await connect();
  socket.send("a");
  socket.send("b");
  for (let i = 0; i < 5; i++) {
    await clock.settle();
    await later();
  }
}

const contentOf = async (stream: IncomingStream | undefined): Promise<string> =>
  `stream ${Buffer.from((await stream?.bytes()) ?? []).toString()}`;

describe("receiveStream", () => {
  it("takes one message: the next of the same chunk is whole again", async () => {
    const log: string[] = [];
    await sendBoth({
      async open(socket) {
        log.push(await contentOf(await socket.receiveStream()));
        log.push(`whole ${await socket.receive()}`);
      },
    });
    expect(log).toEqual(["stream a", "whole b"]);
  });

  it("gives each call a chunk of its own, also where several wait", async () => {
    const results: unknown[] = [];
    const place = world({
      async stream(_socket, stream) {
        const chunks = stream[Symbol.asyncIterator]();
        const calls = [chunks.next(), chunks.next(), chunks.next()];
        for (const { done, value } of await Promise.all(calls))
          results.push(done ? "done" : Buffer.from(value).toString());
      },
    });
    expect(await exchange(place, `\x01\x81${MASK}a\x80\x81${MASK}b`)).toBe("");
    expect(results).toEqual(["a", "b", "done"]);
  });

  it("in a loop takes each, however long, and the last message whole", async () => {
    const log: number[] = [];
    const { clock, connect, core } = world({ open: () => {} });
    const socket = await connect({ maxMessageSize: 100 });
    const [server] = core.connections;
    const loop = (async () => {
      for (let i = 0; i < 3; i++) log.push(Buffer.from(await contentOf(await socket.receiveStream())).length);
      log.push(((await socket.receive()) as string).length);
    })();
    for (const size of [90, 95, 80, 70]) server?.send("x".repeat(size));
    for (let i = 0; i < 10; i++) {
      await clock.settle();
      await later();
    }
    await loop;
    expect(log).toEqual([97, 102, 87, 70]);
  });

  it("in a loop takes those that are longer than maxMessageSize", async () => {
    const { clock, connect, core } = world({ open: () => {} });
    const socket = await connect({ maxMessageSize: 100 });
    const sizes: number[] = [];
    const loop = (async () => {
      for (let stream = await socket.receiveStream(); stream !== undefined; stream = await socket.receiveStream()) {
        let size = 0;
        for await (const chunk of stream) size += chunk.length;
        sizes.push(size);
      }
    })();
    const [server] = core.connections;
    for (const size of [1000, 2000, 3000]) server?.send("x".repeat(size));
    void server?.close();
    for (let i = 0; i < 20; i++) {
      await clock.settle();
      await later();
    }
    await loop;
    expect(sizes).toEqual([1000, 2000, 3000]);
    expect(await socket.closed).toMatchObject({ code: 1000, clean: true });
  });

  it("leaves the next of the same chunk to the message handler", async () => {
    const log: string[] = [];
    await sendBoth({
      async open(socket) {
        log.push(await contentOf(await socket.receiveStream()));
      },
      message: (_socket, message) => {
        log.push(`handler ${message}`);
      },
    });
    expect(log).toEqual(["stream a", "handler b"]);
  });

  it("and receive each get what they ask for, in the order they asked", async () => {
    for (const order of ["stream first", "stream last"] as const) {
      const log: string[] = [];
      await sendBoth({
        async open(socket) {
          const stream = async (): Promise<void> => void log.push(await contentOf(await socket.receiveStream()));
          const whole = async (): Promise<void> => void log.push(`whole ${await socket.receive()}`);
          await Promise.all(order === "stream first" ? [stream(), whole()] : [whole(), stream()]);
        },
      });
      expect(log.sort()).toEqual(order === "stream first" ? ["stream a", "whole b"] : ["stream b", "whole a"]);
    }
  });

  it("gives what waits in the other kind as what was asked for", async () => {
    const log: string[] = [];
    await sendBoth({
      async open(socket) {
        await later();
        log.push(`whole ${await socket.receive()}`);
      },
      async stream(_socket, stream) {
        log.push(await contentOf(stream));
      },
    });
    expect(log).toEqual(["whole a", "stream b"]);
  });

  it("gives no stream to its handler after close(), while what was accepted is still being compressed", async () => {
    const log: string[] = [];
    const { clock, connect } = world({
      compression: { threshold: 0 },
      async stream(socket, stream) {
        log.push(await contentOf(stream));
        socket.send(new Uint8Array(1_000_000));
        void socket.close();
        client.send("b");
      },
    });
    const client = await connect({ compression: true });
    client.send("a");
    for (let i = 0; i < 5; i++) {
      await clock.settle();
      await later();
    }
    expect(log).toEqual(["stream a"]);
  });
});

describe("open", () => {
  it("that is pending when the peer closes: what came before is handled, and answered before our Close frame", async () => {
    const place = world({
      open: later,
      message: (socket, message) => {
        socket.send(message);
      },
    });
    expect(await exchange(place, "\x81\x82\0\0\0\0hi\x88\x80\0\0\0\0")).toBe("\x81\x02hi\x88\x00");
  });

  it("that waits for a message when the peer closes is told at once", async () => {
    const received: unknown[] = [];
    const place = world({
      open: async (socket) => void received.push(await socket.receive()),
      message: () => {},
    });
    expect(await exchange(place, "\x88\x80\0\0\0\0")).toBe("\x88\x00");
    expect(received).toEqual([undefined]);
  });
});
