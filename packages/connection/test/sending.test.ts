import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type IncomingStream, UsageError, type WebSocketConnection } from "../src/index.ts";
import type { MemoryOptions } from "../src/testing/index.ts";
import { take, world } from "./_world.ts";

const SOCKETS: readonly MemoryOptions[] = [
  { backpressure: "partial" },
  { backpressure: "lent" },
  { backpressure: "lent", capacity: 1000 },
  { backpressure: "partial", capacity: 100, chunkSize: 33 },
  { backpressure: "always-lent" },
  { backpressure: "always-lent", capacity: 1000 },
];

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

for (const memory of SOCKETS) {
  describe(`sending over ${JSON.stringify(memory)}`, () => {
    it("keeps order and content through backpressure, large and small mixed", async () => {
      const { clock, connect } = world(
        {
          async message(socket, message) {
            if (!socket.send(message)) await socket.drained();
          },
        },
        memory,
      );
      const socket = await connect();
      const sent: string[] = [];
      const received: string[] = [];
      const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
      for (let i = 0; i < 60; i++) {
        const size = [3, 200, 5000, 20_000, 70_000][i % 5] as number;
        const message = new Uint8Array(size + i).fill(i);
        sent.push(digest(message));
        socket.send(message);
      }
      for (let i = 0; i < 60; i++) received.push(digest((await take(clock, socket)) as Uint8Array));
      expect(received).toEqual(sent);
    });
  });
}

describe("send", () => {
  it("puts the replies to one chunk into one write, for sync and async handlers", async () => {
    for (const message of [
      (socket: WebSocketConnection, text: string | Uint8Array) => void socket.send(text),
      async (socket: WebSocketConnection, text: string | Uint8Array) => void socket.send(text),
    ]) {
      const { clock, connect, sockets } = world({ message });
      const socket = await connect();
      const before = sockets[0]?.other.writes.length ?? 0;
      for (let i = 0; i < 16; i++) socket.send("x".repeat(125));
      await clock.settle();
      expect(sockets[0]?.writes.length).toBe(2);
      expect((sockets[0]?.other.writes.length ?? 0) - before).toBe(1);
    }
  });

  it("leaves within the turn in which its reason came, and not with a later flush", async () => {
    const place = world({ message: (socket, message) => void socket.send(message) });
    const socket = await place.connect();
    await place.clock.settle();
    const [client] = place.sockets;
    const before = client?.other.writes.length ?? 0;
    client?.other.handler?.onBytes(Uint8Array.of(0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69), 8);
    expect((client?.other.writes.length ?? 0) - before).toBe(1);
    expect(await take(place.clock, socket)).toBe("hi");
  });

  it("is true for however much leaves with the turn: only what the socket has not taken is congestion", async () => {
    const sent: boolean[] = [];
    const { clock, connect } = world(
      { message: (socket) => void sent.push(...[Uint8Array, ArrayBuffer].map((of) => socket.send(new of(100_000)))) },
      { capacity: 1024 * 1024 },
    );
    const socket = await connect();
    socket.send("go");
    expect(await take(clock, socket)).toHaveLength(100_000);
    expect(sent).toEqual([true, true]);
  });

  it("refuses a callback, and says what a promise wants", async () => {
    const { connect } = world({});
    const socket = await connect();
    expect(() => socket.send("a", (() => {}) as never)).toThrow("no callback");
    expect(() => socket.send(Promise.resolve("a") as never)).toThrow("wants an await");
  });

  it("API-1 takes exact bytes of any view, and throws on anything else", async () => {
    const { clock, connect } = world({
      message: (socket, message) => {
        socket.send(message);
      },
    });
    const socket = await connect();
    const floats = new Float32Array([1, 2]);
    const view = new DataView(new ArrayBuffer(8), 2, 3);
    const shared = new SharedArrayBuffer(4);
    for (const [sent, length] of [
      [floats, 8],
      [view, 3],
      [new ArrayBuffer(5), 5],
      [shared, 4],
      [Buffer.from("abc"), 3],
    ] as const) {
      socket.send(sent);
      expect(((await take(clock, socket)) as Uint8Array).length).toBe(length);
    }
    for (const wrong of [1, null, undefined, {}, [], true, Symbol.iterator]) {
      expect(() => socket.send(wrong as never)).toThrow(UsageError);
      expect(() => socket.ping(wrong === undefined ? (1 as never) : (wrong as never))).toThrow(UsageError);
    }
    expect(() => socket.ping(new Uint8Array(126))).toThrow(UsageError);
    expect(socket.state).toBe("open");
  });

  it("UT-5 sends U+FFFD for a lone surrogate", async () => {
    const { clock, connect } = world({
      message: (socket, message) => {
        socket.send(message);
      },
    });
    const socket = await connect();
    socket.send("a\ud800b");
    expect(await take(clock, socket)).toBe("a\ufffdb");
  });

  it("RS-7 answers only the last Ping to a peer that takes nothing", async () => {
    const { clock, connect, core, sockets } = world({ message: () => {} });
    const socket = await connect();
    const [server] = core.connections;
    sockets[0]?.pause();
    server?.send(new Uint8Array(1024 * 1024));
    await clock.settle();
    const before = server?.bufferedAmount ?? 0;
    for (let i = 0; i < 10_000; i++) socket.ping(String(i));
    await clock.settle();
    expect((server?.bufferedAmount ?? 0) - before).toBeLessThan(200);
    sockets[0]?.resume();
    await take(clock, socket);
    expect(socket.state).toBe("open");
  });

  for (const [overflow, code] of [
    ["close", 1013],
    ["drop", undefined],
  ] as const) {
    it(`RS-15 at the hard cap: ${overflow}`, async () => {
      const { clock, connect, core, sockets } = world({ message: () => {}, overflow, maxBufferedAmount: 300_000 });
      const socket = await connect();
      const [server] = core.connections;
      sockets[0]?.pause();
      let accepted = 0;
      for (let i = 0; i < 100; i++) {
        const before = server?.bufferedAmount;
        server?.send(new Uint8Array(50_000));
        if (server?.bufferedAmount !== before) accepted++;
        await clock.settle();
      }
      expect(accepted).toBeLessThan(10);
      sockets[0]?.resume();
      for (let i = 0; i < 100; i++) {
        const received = socket.receive();
        await clock.settle();
        if ((await Promise.race([received, nextTurn()])) === undefined) break;
      }
      if (code === undefined) expect(server?.state).toBe("open");
      else expect(await socket.closed).toMatchObject({ code });
    });
  }

  it("drained() resolves after a long compressed message that the socket took at once", async () => {
    const { clock, connect } = world({
      compression: { threshold: 0 },
      async message(socket, message) {
        if (!socket.send(message)) await socket.drained();
      },
    });
    const socket = await connect({ compression: true });
    expect(socket.extensions).toHaveLength(1);
    for (let i = 0; i < 3; i++) socket.send(new Uint8Array(500_000).fill(i));
    for (let i = 0; i < 3; i++) {
      const message = (await take(clock, socket)) as Uint8Array;
      expect([message.length, message[0], message.at(-1)]).toEqual([500_000, i, i]);
    }
  });

  it("MK-11 does not touch the caller's bytes on a client", async () => {
    const { clock, connect } = world({ message: () => {} });
    const socket = await connect();
    for (const size of [10, 1000, 100_000]) {
      const bytes = new Uint8Array(size).fill(5);
      socket.send(bytes);
      await clock.settle();
      expect(bytes.every((octet) => octet === 5)).toBe(true);
    }
  });
});

describe("streams", () => {
  it("leaves the event loop its turn, however fast the peer takes however small parts", async () => {
    let yielded = 0;
    const { clock, connect } = world({}, { capacity: Number.MAX_SAFE_INTEGER });
    const socket = await connect();
    const sent = socket.send(
      (async function* () {
        for (; yielded < 3000; yielded++) yield new Uint8Array(1);
      })(),
    );
    for (let ticks = 0; ticks < 50_000; ticks++) await undefined;
    expect(yielded).toBeGreaterThan(100);
    expect(yielded).toBeLessThan(1100);
    for (let turns = 0; turns < 10; turns++) await clock.settle();
    await sent;
    expect(yielded).toBe(3000);
  });

  it("sends parts as one message, and joins surrogates that were cut; one that stays alone is U+FFFD", async () => {
    const { clock, connect } = world({
      message: (socket, message) => {
        socket.send(message);
      },
    });
    const socket = await connect();
    const sending = socket.send(
      (async function* () {
        yield "a\ud83d";
        yield "\ude00b\ud83d";
      })(),
    );
    socket.send("after");
    await clock.settle();
    await sending;
    expect(await take(clock, socket)).toBe("a😀b\ufffd");
    expect(await take(clock, socket)).toBe("after");
  });

  it("API-7 sends two streams one after the other", async () => {
    const { clock, connect } = world({
      message: (socket, message) => {
        socket.send(message);
      },
    });
    const socket = await connect();
    async function* parts(octet: number): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 3; i++) {
        await undefined;
        yield Uint8Array.of(octet);
      }
    }
    const both = [socket.send(parts(1)), socket.send(parts(2))];
    await clock.settle();
    await Promise.all(both);
    expect(await take(clock, socket)).toEqual(Uint8Array.of(1, 1, 1));
    expect(await take(clock, socket)).toEqual(Uint8Array.of(2, 2, 2));
  });

  it("a source that fails closes with 1011: half a message cannot be taken back", async () => {
    const { clock, connect } = world({ message: () => {} });
    const socket = await connect();
    const sending = socket.send(
      (async function* () {
        yield "half";
        throw new Error("no more");
      })(),
    );
    await Promise.all([expect(sending).rejects.toThrow("no more"), clock.settle()]);
    await clock.settle();
    expect((await socket.closed).sent).toMatchObject({ code: 1011 });
  });

  it("close() breaks a stream off and is clean", async () => {
    const { clock, connect } = world({ message: () => {} });
    const socket = await connect();
    let returned = false;
    const sending = socket.send({
      [Symbol.asyncIterator]: () => {
        let first = true;
        return {
          next: () => {
            if (!first) return new Promise<never>(() => {});
            first = false;
            return Promise.resolve({ done: false as const, value: "part" });
          },
          return: async () => {
            returned = true;
            return { done: true as const, value: undefined };
          },
        };
      },
    });
    sending.catch(() => {});
    await clock.settle();
    const closed = socket.close();
    await clock.settle();
    await expect(sending).rejects.toThrow("closed");
    expect(returned).toBe(true);
    expect(await closed).toMatchObject({ clean: true });
  });

  it("FG-10 a stream handler sees chunks within one frame; what it leaves unread does not hold the next message", async () => {
    const log: string[] = [];
    const { clock, connect, core } = world(
      {
        async stream(_socket, stream: IncomingStream) {
          let size = 0;
          for await (const chunk of stream) {
            size += chunk.length;
            if (size > 3_000_000) break;
          }
          log.push(`${stream.kind} ${size > 3_000_000 ? "left" : size}`);
        },
      },
      { capacity: 100_000, chunkSize: 16_384 },
    );
    const socket = await connect();
    socket.send(new Uint8Array(2_000_000));
    socket.send(new Uint8Array(4_000_000));
    socket.send("text");
    for (let i = 0; i < 50; i++) {
      await nextTurn();
      await clock.settle();
    }
    expect(log).toEqual(["binary 2000000", "binary left", "text 4"]);
    expect([...core.connections][0]?.state).toBe("open");
  });

  it("receiveStream gives what has arrived already, and what is to come", async () => {
    const { clock, connect } = world({
      open: (socket) => {
        socket.send("early");
      },
    });
    const socket = await connect();
    const stream = await socket.receiveStream();
    expect(Buffer.from((await stream?.bytes()) as Uint8Array).toString()).toBe("early");
    await clock.settle();
  });
});
