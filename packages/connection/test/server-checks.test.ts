import { describe, expect, it, vi } from "vitest";
import { checkServerTls, connectWith, refuse, ServerCore, UsageError } from "../src/index.ts";
import { ask, head, UPGRADE } from "./_requests.ts";
import { world } from "./_world.ts";

/** What neither JSON nor a string can be made of. */
const CYCLIC: unknown[] = [];
CYCLIC.push(CYCLIC);
const UNSHOWABLE: readonly unknown[] = [CYCLIC, 1000n, Symbol("1000"), Object.create(null)];

describe("a server throws at once", () => {
  it.each<Record<string, unknown>>([
    { maxConnections: Number.NaN },
    { maxConnections: -1 },
    { maxConnections: "10" },
    { origins: "same_origin" },
    { origins: null },
    { origins: ["example.com"] },
    { origins: ["https://*.example.com"] },
    { origins: [new URL("https://example.com/")] },
    { subprotocols: "chat" },
    { subprotocols: [1] },
    { subprotocols: ["a b"] },
    { subprotocols: ["a", "a"] },
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

  it.each([
    "upgrade",
    "request",
    "openingError",
    "open",
    "message",
    "stream",
    "ping",
    "pong",
    "drain",
    "close",
    "error",
  ])("for a handler %s that is no function", (name) => {
    expect(() => world({ [name]: {} })).toThrow(`the handler ${name} is a function`);
  });

  it("for what cannot be shown", () => {
    for (const value of UNSHOWABLE) {
      for (const name of [
        "subprotocols",
        "maxConnections",
        "maxMessageSize",
        "origins",
        "message",
        "autoPong",
        "overflow",
      ])
        expect(() => world({ [name]: value }), name).toThrow(UsageError);
      for (const name of ["subprotocols", "origins"])
        expect(() => world({ [name]: [value] }), name).toThrow(UsageError);
    }
  });
});

describe("drain", () => {
  it("rejects a deadline that is none, and goes on", async () => {
    const { connect, core } = world({ message: () => {} });
    const socket = await connect();
    for (const deadline of ["2000", null, -1, Number.NaN, ...UNSHOWABLE])
      await expect(core.drain({ deadline: deadline as never })).rejects.toThrow(UsageError);
    expect([socket.state, core.unavailable]).toEqual(["open", undefined]);
  });

  it("takes a deadline of 0 for no time at all", async () => {
    const { clock, connect, core, sockets } = world({ message: () => {} });
    await connect();
    sockets[0]?.pause();
    const drained = core.drain({ deadline: 0 });
    await clock.advance(0);
    expect(await drained).toEqual({ closed: 0, terminated: 1 });
  });

  it.each([null, 5, "5000"])("rejects the options %j, and goes on", async (options) => {
    const { core } = world();
    await expect(core.drain(options as never)).rejects.toThrow(UsageError);
    expect(core.unavailable).toBeUndefined();
  });
});

describe("close", () => {
  it("throws for a code or a reason that is none", async () => {
    const socket = await world().connect();
    for (const value of UNSHOWABLE) {
      expect(() => socket.close(value as never)).toThrow(UsageError);
      expect(() => socket.close(1000, value as never)).toThrow(UsageError);
    }
    expect(socket.state).toBe("open");
  });
});

describe("receive", () => {
  it("rejects what is no signal, and changes nothing", async () => {
    const { clock, connect, core } = world();
    const socket = await connect();
    const [server] = core.connections;
    for (const signal of [null, {}, "x", ...UNSHOWABLE])
      await expect(server?.receive({ signal: signal as never })).rejects.toThrow(UsageError);
    // Nobody has ever asked for messages here: the peer's Close frame is answered at once.
    socket.send("unasked");
    const closed = socket.close();
    await clock.settle();
    expect(await closed).toMatchObject({ code: 1000, clean: true });
  });
});

describe("send", () => {
  it("takes null for no options, and refuses what can only be called a stream", async () => {
    for (const compression of [false, { threshold: 0 }]) {
      const socket = await world({ compression, message: () => {} }).connect({ compression });
      expect(socket.send("x", null as never)).toBe(true);
      expect(() => socket.send({ [Symbol.asyncIterator]: 5 } as never)).toThrow(UsageError);
    }
  });
});

describe("headers", () => {
  it("are refused in every place where they are none", async () => {
    const values = UNSHOWABLE.map((value) => ({ "x-a": value }));
    for (const wrong of [null, 5, "a", [1], ["ab"], [["a"]], [[{}, "b"]], { a: null }, ...values]) {
      const headers = wrong as never;
      await expect(world().connect({ headers })).rejects.toThrow(UsageError);
      expect(() => refuse(401, headers)).toThrow(UsageError);
      const openingError = vi.fn();
      const answer = await ask({ upgrade: () => ({ headers }), openingError }, head("GET / HTTP/1.1", UPGRADE));
      expect(answer.text).toMatch(/^HTTP\/1\.1 500 /);
      expect(openingError.mock.calls[0]?.[1]).toBeInstanceOf(UsageError);
    }
  });

  it("are named in the error where they are none, their values are not", () => {
    expect(() => refuse(401, 5 as never)).toThrow("headers are an object or pairs, not 5");
    expect(() => refuse(401, [["authorization", "secret\n"]])).toThrow(/^((?!secret).)*authorization/);
  });

  it("may be what can be read only once", async () => {
    const seen: unknown[] = [];
    const { connect } = world({ upgrade: ({ headers }) => void seen.push(headers.get("x-a")) });
    await connect({ headers: new Map([["x-a", "b"]]).entries() as never });
    expect(seen).toEqual(["b"]);
  });
});

describe("an answer that is none", () => {
  it.each<[unknown, string]>([
    [false, "false"],
    [null, "null"],
    [new Response("no", { status: 401 }), "Response"],
    [{ status: 401, headers: {} }, "an object of status, headers"],
  ])("names in its error what upgrade returned: %j", async (result, name) => {
    const openingError = vi.fn();
    await ask({ upgrade: () => result as never, openingError }, head("GET / HTTP/1.1", UPGRADE));
    expect(openingError.mock.calls[0]?.[1].message).toMatch(new RegExp(`, not ${name}$`));
  });
});

describe("checkServerTls", () => {
  it("takes a certificate with its key, or what only the runtime can judge", () => {
    for (const tls of [{ cert: "c", key: "k" }, { native: {} }]) expect(() => checkServerTls(tls)).not.toThrow();
    for (const tls of [{}, { cert: "c" }, { key: "k" }]) {
      expect(() => checkServerTls(tls)).toThrow("a TLS server needs cert and key");
    }
    for (const tls of [null, 5]) expect(() => checkServerTls(tls as never)).toThrow("tls is an object of options");
  });
});

describe("a server takes", () => {
  it.each<Record<string, unknown>>([
    { maxConnections: 0 },
    { maxConnections: Infinity },
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

  it("what cannot be shown", async () => {
    for (const value of UNSHOWABLE) {
      for (const name of ["subprotocols", "highWaterMark", "signal"])
        await expect(world().connect({ [name]: value }), name).rejects.toThrow(UsageError);
    }
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
