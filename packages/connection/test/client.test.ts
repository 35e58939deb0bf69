import { getEventListeners } from "node:events";
import { describe, expect, it, vi } from "vitest";
import { pakoEngine } from "../src/compression/pako-engine.ts";
import {
  type ConnectOptions,
  connectWith,
  type Dial,
  LENT_CHUNK,
  refuse,
  type SocketHandler,
  UsageError,
  type WebSocketConnection,
} from "../src/index.ts";
import { FakeClock, type MemorySocket, memoryPair } from "../src/testing/index.ts";
import { take, world } from "./_world.ts";

/** What a server answers to a key of zeroes. */
const ANSWER = [
  ...["HTTP/1.1 101 x", "Upgrade: websocket", "Connection: Upgrade"],
  ...["Sec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=", "", ""],
].join("\r\n");

/** A client that has sent its request, with a key of zeroes, into a stream whose other end is nobody's yet. */
async function dialled(): Promise<{
  clock: FakeClock;
  connecting: Promise<WebSocketConnection>;
  stream: MemorySocket;
}> {
  const clock = new FakeClock();
  const [stream] = memoryPair(clock);
  const dial: Dial = async (_target, attach) => {
    stream.handler = attach(stream);
  };
  const runtime = { name: "memory", clock, randomFill: () => {}, deflate: pakoEngine };
  const connecting = connectWith(dial, "ws://x/", {}, runtime);
  await clock.settle();
  return { clock, connecting, stream };
}

describe("the handlers of a client", () => {
  it("see Pings and Pongs, and answer where autoPong is off (5.5.2)", async () => {
    const log: string[] = [];
    const { clock, connect, core } = world({
      message: () => {},
      pong: (_socket, payload) => void log.push(`server pong ${Buffer.from(payload)}`),
    });
    const client = await connect({
      autoPong: false,
      ping: (socket, payload) => void socket.pong(payload),
      pong: (_socket, payload) => void log.push(`client pong ${Buffer.from(payload)}`),
    });
    const [server] = core.connections;
    server?.ping("one");
    client.ping("two");
    await clock.settle();
    expect(log.sort()).toEqual(["client pong two", "server pong one"]);
  });

  it("that throw are told to error, and close with 1011", async () => {
    const errors: unknown[] = [];
    const { clock, connect, core } = world({ message: () => {} });
    const client = await connect({
      ping: () => {
        throw new Error("of its own");
      },
      error: (_socket, error) => void errors.push(error),
    });
    const [server] = core.connections;
    server?.ping();
    await clock.settle();
    expect(errors).toMatchObject([{ message: "of its own" }]);
    expect(await client.closed).toMatchObject({ sent: { code: 1011 } });
  });

  it("are functions, and those of a server, or the arguments of another client, are refused", async () => {
    const { connect } = world({ message: () => {} });
    await expect(connect({ ping: 5 as never })).rejects.toThrow(UsageError);
    for (const handler of ["open", "message", "stream", "close", "drain"]) {
      await expect(connect({ [handler]: () => {} } as never)).rejects.toThrow("connect takes no handler");
    }
    await expect(connect({ message: undefined } as never)).resolves.toBeDefined();
    for (const other of [["chat"], "chat", 5, null]) {
      await expect(connect(other as never)).rejects.toThrow("an object of options");
    }
  });
});

describe("the answer to a Close frame", () => {
  it("of a peer with the same closeTimeout comes within it, though a handler does not settle", async () => {
    const { clock, connect } = world({ message: () => new Promise(() => {}) });
    const client = await connect();
    client.send("work");
    await clock.settle();
    const closed = client.close(4000, "enough");
    await clock.advance(10_000);
    expect(await closed).toMatchObject({ code: 4000, clean: true });
  });

  it("leaves at once where a client closes, too, within its loop over messages", async () => {
    const { clock, connect, core } = world({ message: () => {} });
    const client = await connect();
    const [server] = core.connections as Iterable<WebSocketConnection>;
    server?.send("work");
    const next = client[Symbol.asyncIterator]().next();
    await clock.settle();
    expect(await next).toMatchObject({ value: "work" });
    const closed = server?.close(4000, "enough");
    await clock.settle();
    expect(client.state).toBe("closing");
    const own = client.close();
    await clock.settle();
    expect(await closed).toMatchObject({ code: 1000, clean: true });
    expect(await own).toMatchObject({ code: 4000, clean: true });
  });
});

describe("the signal of a client", () => {
  it("is listened to no longer once the connection is open, or was refused: it may outlive any number of them", async () => {
    const { signal } = new AbortController();
    for (const options of [{}, { upgrade: () => refuse(403) }]) {
      const { connect } = world({ message: () => {}, ...options });
      await connect({ signal }).catch(() => {});
      expect(getEventListeners(signal, "abort")).toEqual([]);
    }
  });
});

describe("dialling", () => {
  it("is told when nobody waits for it any more: the time is up, or who connects has aborted", async () => {
    for (const code of ["timeout", "aborted"] as const) {
      const clock = new FakeClock();
      const runtime = { name: "memory", clock, randomFill: () => {}, deflate: pakoEngine };
      const asking = new AbortController();
      let dialled: AbortSignal | undefined;
      let attachLate: Parameters<Dial>[1] | undefined;
      const dial: Dial = ({ signal }, attach) => {
        dialled = signal;
        attachLate = attach;
        return new Promise(() => {});
      };
      const connecting = connectWith(dial, "ws://x/", { handshakeTimeout: 1000, signal: asking.signal }, runtime);
      connecting.catch(() => {});
      await clock.advance(999);
      expect(dialled?.aborted).toBe(false);
      if (code === "timeout") await clock.advance(1);
      else asking.abort("why");
      const told =
        code === "timeout"
          ? { message: "no connection within 1000 ms" }
          : { message: "connecting was aborted", cause: "why" };
      await expect(connecting).rejects.toMatchObject({ code, ...told });
      expect([dialled?.aborted, clock.timers]).toEqual([true, 0]);
      // It may come all the same.
      const [late, there] = memoryPair(clock);
      late.handler = attachLate?.(late);
      await clock.settle();
      expect([late.closed, late.writes, there.ended]).toEqual([true, [], false]);
    }
  });

  it("that fails is told with its cause, a misuse as it is", async () => {
    const runtime = { name: "memory", clock: new FakeClock(), randomFill: () => {}, deflate: pakoEngine };
    const failed = (cause: unknown) => connectWith(() => Promise.reject(cause), "ws://x/", {}, runtime);
    const refused = new Error("refused \n");
    await expect(failed(refused)).rejects.toMatchObject({
      code: "dial",
      message: "no connection: refused",
      cause: refused,
    });
    await expect(failed("no route")).rejects.toMatchObject({ code: "dial", message: "no connection: no route" });
    const misuse = new UsageError("option", "not here");
    await expect(failed(misuse)).rejects.toBe(misuse);
  });

  it("prepares its runtime once for all clients", async () => {
    const prepare = vi.fn();
    const runtime = { name: "memory", clock: new FakeClock(), randomFill: () => {}, deflate: pakoEngine, prepare };
    for (let count = 0; count < 2; count++) {
      await connectWith(() => Promise.reject(new Error("no")), "ws://x/", {}, runtime).catch(() => {});
    }
    expect(prepare).toHaveBeenCalledOnce();
  });

  it("may take for ever where there is no handshakeTimeout", async () => {
    const clock = new FakeClock();
    const runtime = { name: "memory", clock, randomFill: () => {}, deflate: pakoEngine };
    const settled = vi.fn();
    connectWith(() => new Promise(() => {}), "ws://x/", { handshakeTimeout: 0 }, runtime).then(settled, settled);
    await clock.advance(86_400_000);
    expect(settled).not.toHaveBeenCalled();
  });

  it("is told where to, with TLS for wss: alone", async () => {
    const runtime = { name: "memory", clock: new FakeClock(), randomFill: () => {}, deflate: pakoEngine };
    const tls = { serverName: "other" };
    const cases: [string, ConnectOptions, object][] = [
      ["ws://x/", { tls }, { host: "x", port: 80, tls: undefined, path: undefined }],
      ["wss://x:9001/", { tls, path: "/run/x" }, { host: "x", port: 9001, tls, path: "/run/x" }],
      ["wss://[::1]/", {}, { host: "::1", port: 443, tls: {}, path: undefined }],
    ];
    for (const [url, options, where] of cases) {
      const dial = vi.fn<Dial>(() => Promise.reject(new Error("no")));
      await expect(connectWith(dial, url, options, runtime)).rejects.toMatchObject({ code: "dial" });
      expect(dial.mock.calls[0]?.[0]).toEqual({ ...where, signal: expect.any(AbortSignal) });
    }
  });

  it.each([
    ["a certificate without its key", { cert: "c" }, "cert and key go together"],
    ["a key without its certificate", { key: "k" }, "cert and key go together"],
    ["true", true, "tls is an object of options, not true"],
    ["null", null, "tls is an object of options, not null"],
    ["an empty name", { serverName: "" }, 'serverName is a name or an address, not ""'],
  ])("is not tried with TLS options that would be passed over: %s", async (_what, tls, message) => {
    const runtime = { name: "memory", clock: new FakeClock(), randomFill: () => {}, deflate: pakoEngine };
    const dial = vi.fn<Dial>();
    const options = { tls } as ConnectOptions;
    await expect(connectWith(dial, "wss://x/", options, runtime)).rejects.toThrow(message);
    await expect(connectWith(dial, "wss://x/", options, runtime)).rejects.toBeInstanceOf(UsageError);
    expect(dial).not.toHaveBeenCalled();
  });

  it("may have one of them from the options of its runtime", async () => {
    const runtime = { name: "memory", clock: new FakeClock(), randomFill: () => {}, deflate: pakoEngine };
    const dial = vi.fn<Dial>(() => Promise.reject(new Error("no")));
    const options = { tls: { cert: "c", native: { key: "k" } } } as ConnectOptions;
    await expect(connectWith(dial, "wss://x/", options, runtime)).rejects.toMatchObject({ code: "dial" });
  });

  it("is followed by a request whose key is of the runtime's randomness (RFC 6455 section 4.1 (7))", async () => {
    const clock = new FakeClock();
    const randomFill = (bytes: Uint8Array): void => void bytes.fill(0x5a);
    const [client, server] = memoryPair(clock);
    let request = "";
    const onBytes = (chunk: Uint8Array): void => {
      request += Buffer.from(chunk);
    };
    server.handler = { onBytes } as Partial<SocketHandler> as SocketHandler;
    const dial: Dial = async (_target, attach) => {
      client.handler = attach(client);
    };
    void connectWith(dial, "ws://x/", {}, { name: "memory", clock, randomFill, deflate: pakoEngine });
    await clock.settle();
    expect(request).toContain(`\r\nSec-WebSocket-Key: ${Buffer.alloc(16, 0x5a).toString("base64")}\r\n`);
  });
});

describe("what a server sends right behind its response", () => {
  it("CH-14 is kept, though the chunk was only lent, and be it one octet", async () => {
    const frames = Buffer.from("\x81\x02hi", "latin1");
    for (const cut of [1, frames.length]) {
      const { clock, connecting, stream } = await dialled();
      const lent = Buffer.concat([Buffer.from(ANSWER), frames.subarray(0, cut)]);
      stream.handler?.onBytes(lent, LENT_CHUNK);
      lent.fill(0);
      const rest = Buffer.from(frames.subarray(cut));
      if (rest.length > 0) stream.handler?.onBytes(rest, LENT_CHUNK);
      rest.fill(0);
      // No more is read before the first turn is over.
      expect(stream.paused).toBe(true);
      await clock.settle();
      expect(stream.paused).toBe(false);
      expect(await take(clock, await connecting)).toBe("hi");
    }
  });
});

describe("a stream that ends right behind its first message", () => {
  it.each(["FIN", "reset"])("has delivered it: %s", async (end) => {
    const { clock, connecting, stream } = await dialled();
    stream.handler?.onBytes(Buffer.from(`${ANSWER}\x81\x02hi`, "latin1"), Infinity);
    if (end === "FIN") stream.handler?.onEnd();
    else stream.handler?.onClose(new Error("reset"));
    const socket = await connecting;
    expect(await take(clock, socket)).toBe("hi");
    void socket.receive();
    await clock.settle();
    expect(await Promise.race([socket.closed, "open"])).toMatchObject({
      code: 1006,
      error: end === "FIN" ? undefined : { message: "reset" },
    });
  });
});

describe("what a client has received", () => {
  it("can still be taken after closeTimeout, though nobody asked for it until then", async () => {
    const { clock, connect, core } = world({ closeTimeout: 0 });
    const socket = await connect({ closeTimeout: 1000 });
    const [server] = core.connections as Iterable<WebSocketConnection>;
    server?.send("first");
    server?.send("late");
    void server?.close();
    expect(await take(clock, socket)).toBe("first");
    await clock.advance(1000);
    await socket.closed;
    expect(await take(clock, socket)).toBe("late");
  });
});

describe("the end of TCP (7.1.1)", () => {
  it("is not waited for by who has it already when it answers", async () => {
    const { clock, connecting, stream } = await dialled();
    stream.other.handler = { onBytes: () => {}, onWritable: () => {}, onEnd: () => {}, onClose: () => {} };
    stream.other.write(Buffer.from(`${ANSWER}\x81\x02hi\x88\x02\x03\xe8`, "latin1"));
    stream.other.end();
    await clock.settle();
    const socket = await connecting;
    expect(await take(clock, socket)).toBe("hi");
    void socket.receive();
    await clock.settle();
    expect(await socket.closed).toMatchObject({ code: 1000, clean: true });
    expect([stream.ended, clock.timers]).toEqual([true, 0]);
  });

  it("leaves nothing armed where it is a reset", async () => {
    const { clock, connect, sockets } = world({ message: () => {} });
    const socket = await connect();
    const there = sockets[0]?.other;
    if (there === undefined) throw new Error("no stream");
    there.end = () => {};
    const closed = socket.close();
    await clock.settle();
    expect(await closed).toMatchObject({ clean: true });
    there.reset();
    await clock.settle();
    expect([sockets[0]?.closed, clock.timers]).toEqual([true, 0]);
  });
});

describe("CH-25 the URL", () => {
  it.each(["http://x/", "ws://x/#a", "ws://u:p@x/", "ws://x/a\r\nb", "ws://x/\tb", "ws://x/\0", "\nws://x/"])(
    "%j is refused, and nothing is dialled",
    async (url) => {
      const clock = new FakeClock();
      const runtime = { name: "memory", clock, randomFill: () => {}, deflate: pakoEngine };
      let dialled = false;
      const dial = async (): Promise<void> => {
        dialled = true;
      };
      await expect(connectWith(dial, url, {}, runtime)).rejects.toMatchObject({ name: "UsageError", code: "url" });
      expect(dialled).toBe(false);
    },
  );
});
