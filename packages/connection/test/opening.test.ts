import { runInNewContext } from "node:vm";
import { describe, expect, it, vi } from "vitest";
import { ConnectError, refuse, type ServerOptions, UsageError } from "../src/index.ts";
import { ask, head, raw, UPGRADE } from "./_requests.ts";
import { world } from "./_world.ts";

describe("ServerOpening", () => {
  it("accepts with the key of RFC 6455 1.3", async () => {
    const answer = await ask({}, head("GET /chat HTTP/1.1", UPGRADE));
    expect(answer.text).toMatch(/^HTTP\/1\.1 101 /);
    expect(answer.text.toLowerCase()).toContain("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=");
    expect(answer.ended).toBe(false);
  });

  it("SH-32 delivers frames that came with the request, after open", async () => {
    const log: string[] = [];
    await ask(
      {
        open: () => {
          log.push("open");
        },
        message: (_socket, message) => {
          log.push(String(message));
        },
      },
      `${head("GET / HTTP/1.1", UPGRADE)}\x81\x82\0\0\0\0hi`,
    );
    expect(log).toEqual(["open", "hi"]);
  });

  it("gives upgrade the request, keeps its context, adds its headers", async () => {
    const seen: unknown[] = [];
    const place = world<{ user: string }>({
      upgrade: (request) => {
        seen.push(request.path, request.query, request.origin, request.subprotocols);
        return { context: { user: "ann" }, headers: { "x-a": "b" }, subprotocol: "v1" };
      },
      open: (socket) => {
        seen.push(socket.context.user, socket.subprotocol);
      },
    });
    const { socket, answer } = raw(place);
    socket.write(Buffer.from(head("GET /a?b=c HTTP/1.1", { ...UPGRADE, "sec-websocket-protocol": "v2, v1" })));
    await place.clock.settle();
    expect(answer.text.toLowerCase()).toContain("x-a: b\r\n");
    expect(answer.text.toLowerCase()).toContain("sec-websocket-protocol: v1\r\n");
    expect(seen).toEqual(["/a", "b=c", null, ["v2", "v1"], "ann", "v1"]);
  });

  it("refuses with status, headers and body, then FIN", async () => {
    const answer = await ask(
      { upgrade: () => refuse(401, { "www-authenticate": "Bearer" }, "who?") },
      head("GET / HTTP/1.1", UPGRADE),
    );
    expect(answer.text).toMatch(/^HTTP\/1\.1 401 /);
    expect(answer.text.toLowerCase()).toContain("www-authenticate: bearer\r\n");
    expect(answer.text.endsWith("\r\n\r\nwho?")).toBe(true);
    expect(answer.ended).toBe(true);
  });

  it("SH-17 SH-27 answers 500 where the application's answer cannot be sent, and tells it", async () => {
    for (const result of [{ subprotocol: "never-offered" }, { headers: { "x-a": "b\r\nx-c: d" } }]) {
      const openingError = vi.fn();
      const answer = await ask({ upgrade: () => result, openingError }, head("GET / HTTP/1.1", UPGRADE));
      expect(answer.text).toMatch(/^HTTP\/1\.1 500 /);
      expect(openingError.mock.calls[0]?.[1]).toBeInstanceOf(UsageError);
    }
  });

  it("answers 500 where upgrade throws or rejects", async () => {
    for (const upgrade of [
      () => {
        throw new Error("no");
      },
      async () => {
        throw new Error("no");
      },
    ]) {
      expect((await ask({ upgrade }, head("GET / HTTP/1.1", UPGRADE))).text).toMatch(/^HTTP\/1\.1 500 /);
    }
  });

  it("SH-33 answers 500 where the function origins throws, and tells it", async () => {
    const openingError = vi.fn();
    const origins = (): boolean => {
      throw new Error("no list");
    };
    const headers = { ...UPGRADE, origin: "https://a.example" };
    const answer = await ask({ origins, openingError }, head("GET / HTTP/1.1", headers));
    expect(answer.text).toMatch(/^HTTP\/1\.1 500 /);
    expect(openingError.mock.calls[0]?.[0].origin).toBe("https://a.example");
    expect(openingError.mock.calls[0]?.[1]).toEqual(new Error("no list"));
  });

  it("contains an openingError that throws or rejects", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const upgrade = (): never => {
      throw new Error("no");
    };
    for (const openingError of [
      upgrade,
      async () => {
        throw new Error("no log");
      },
    ]) {
      const answer = await ask({ upgrade, openingError }, head("GET / HTTP/1.1", UPGRADE));
      expect(answer.text).toMatch(/^HTTP\/1\.1 500 /);
    }
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it("answers 500 where upgrade returns what says neither yes nor no", async () => {
    const noes = [new Response("no", { status: 401 }), new Error("no"), [], { status: 401 }, { body: "no" }, new Map()];
    const half = [{ compression: "off" }, { compression: 5 }, { compression: null }];
    for (const result of [false, null, true, 0, "no", () => {}, ...noes, ...half]) {
      const openingError = vi.fn();
      const open = vi.fn();
      const options = { upgrade: () => result as never, open, openingError };
      const answer = await ask(options, head("GET / HTTP/1.1", UPGRADE));
      expect(answer.text).toMatch(/^HTTP\/1\.1 500 /);
      expect(openingError.mock.calls[0]?.[1]).toBeInstanceOf(UsageError);
      expect(open).not.toHaveBeenCalled();
    }
  });

  it("answers 500, once and within its deadline, where reading what upgrade returned throws", async () => {
    const openingError = vi.fn();
    const upgrade = () => ({
      get context(): never {
        throw new Error("no context");
      },
    });
    const place = world({ upgrade, openingError, maxConnections: 1 });
    const { socket, answer } = raw(place);
    socket.write(Buffer.from(head("GET / HTTP/1.1", UPGRADE)));
    await place.clock.settle();
    expect(answer.text).toMatch(/^HTTP\/1\.1 500 /);
    expect(openingError).toHaveBeenCalledOnce();
    await place.clock.advance(2000);
    expect(socket.other.closed).toBe(true);
  });

  it("takes an acceptance for one whatever it is made of", async () => {
    const foreign = runInNewContext("({ headers: { 'x-a': 'b' } })");
    for (const result of [{}, Object.create(null), { context: new Map() }, { headers: { "x-a": "b" } }, foreign]) {
      const answer = await ask({ upgrade: () => result }, head("GET / HTTP/1.1", UPGRADE));
      expect(answer.text).toMatch(/^HTTP\/1\.1 101 /);
    }
    // @ts-expect-error a response is no acceptance
    world({ upgrade: () => new Response("no", { status: 401 }) });
  });

  it("opens nothing for who has sent FIN while upgrade decided", async () => {
    const open = vi.fn();
    const place = world({
      upgrade: ({ signal }) => new Promise<undefined>((resolve) => (signal.onabort = () => resolve(undefined))),
      open,
    });
    const { socket, answer } = raw(place);
    socket.write(Buffer.from(head("GET / HTTP/1.1", UPGRADE)));
    await place.clock.settle();
    socket.end();
    await place.clock.settle();
    expect(open).not.toHaveBeenCalled();
    expect(answer.text).toBe("");
    expect(socket.other.closed).toBe(true);
    expect(place.core.environment.deadlines.size).toBe(0);
  });

  it("LC-4 leaves nothing armed where the peer ends its side at any byte of its request", async () => {
    const text = head("GET / HTTP/1.1", UPGRADE);
    for (let length = 0; length < text.length; length += 20) {
      const place = world({});
      const { socket } = raw(place);
      socket.write(Buffer.from(text.slice(0, length)));
      socket.end();
      await place.clock.settle();
      expect(place.core.environment.deadlines.size, `after ${length} bytes`).toBe(0);
      expect(socket.other.closed).toBe(true);
    }
  });

  it("SH-14 never takes what follows a refused request for frames", async () => {
    const message = vi.fn();
    const bad = { ...UPGRADE, "sec-websocket-key": "short" };
    const answer = await ask({ message }, `${head("GET / HTTP/1.1", bad)}\x81\x82\0\0\0\0hi`);
    expect(answer.text).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer.ended).toBe(true);
    expect(message).not.toHaveBeenCalled();
  });

  it("SH-38 SH-40 times out: silent streams, and an upgrade handler that never answers", async () => {
    for (const text of ["", "GET / HT", head("GET / HTTP/1.1", UPGRADE)]) {
      const place = world({ upgrade: () => new Promise<never>(() => {}), handshakeTimeout: 500 });
      const { socket, answer } = raw(place);
      socket.write(Buffer.from(text));
      await place.clock.advance(499);
      expect(answer.text).toBe("");
      await place.clock.advance(1);
      expect(answer.text).toMatch(/^HTTP\/1\.1 408 /);
      await place.clock.advance(2000);
      expect(socket.other.closed).toBe(true);
      expect(place.clock.timers).toBe(0);
    }
  });

  it("LC-2 writes nothing where the peer left while upgrade decided, and aborts its signal", async () => {
    let decide: ((value: undefined) => void) | undefined;
    let aborted = false;
    const open = vi.fn();
    const place = world({
      upgrade: (request) => {
        request.signal.addEventListener("abort", () => {
          aborted = true;
        });
        return new Promise<undefined>((resolve) => {
          decide = resolve;
        });
      },
      open,
    });
    const { socket } = raw(place);
    socket.write(Buffer.from(head("GET / HTTP/1.1", UPGRADE)));
    await place.clock.settle();
    socket.reset();
    await place.clock.settle();
    expect([aborted, place.core.environment.deadlines.size]).toEqual([true, 0]);
    decide?.(undefined);
    await place.clock.settle();
    expect(open).not.toHaveBeenCalled();
    expect(socket.other.writes).toEqual([]);
  });

  it("SH-39 answers 503 while it drains, also to who was being decided on", async () => {
    let decide: ((value: undefined) => void) | undefined;
    const place = world({
      upgrade: () =>
        new Promise<undefined>((resolve) => {
          decide = resolve;
        }),
    });
    const { socket, answer } = raw(place);
    socket.write(Buffer.from(head("GET / HTTP/1.1", UPGRADE)));
    await place.clock.settle();
    const draining = place.core.drain();
    decide?.(undefined);
    await place.clock.settle();
    expect(answer.text).toMatch(/^HTTP\/1\.1 503 /);
    await place.clock.advance(2000);
    expect(await draining).toEqual({ closed: 0, terminated: 0 });
  });

  it("refuses beyond maxConnections, without reading the request", async () => {
    const place = world({ maxConnections: 1 });
    await place.connect();
    const { answer } = raw(place);
    await place.clock.settle();
    expect(answer.text).toMatch(/^HTTP\/1\.1 503 /);
  });

  it("takes the host of a target that is a whole URI for Host (RFC 9112 3.2.2)", async () => {
    const seen: unknown[] = [];
    const options: ServerOptions<undefined> = {
      upgrade: ({ host, path }) => void seen.push(host, path),
      request: ({ host, path }) => ({ body: `${host} ${path}` }),
    };
    const start = "GET http://a.example:8080/chat HTTP/1.1";
    const same = await ask(options, head(start, { ...UPGRADE, origin: "http://a.example:8080" }));
    expect(same.text).toMatch(/^HTTP\/1\.1 101 /);
    const other = await ask(options, head(start, { ...UPGRADE, origin: "http://example.com" }));
    expect(other.text).toMatch(/^HTTP\/1\.1 403 /);
    expect(other.text).toContain("a.example:8080");
    expect(seen).toEqual(["a.example:8080", "/chat"]);
    const plain = await ask(options, head(start, { host: "example.com" }));
    expect(plain.text.endsWith("\r\n\r\na.example:8080 /chat")).toBe(true);
    const own = await ask(options, head("GET /p HTTP/1.1", { host: "example.com" }));
    expect(own.text.endsWith("\r\n\r\nexample.com /p")).toBe(true);
  });

  it("compares Origin with Host, and names both where they differ", async () => {
    const same = await ask({}, head("GET / HTTP/1.1", { ...UPGRADE, origin: "http://EXAMPLE.com" }));
    expect(same.text).toMatch(/^HTTP\/1\.1 101 /);
    const other = await ask({}, head("GET / HTTP/1.1", { ...UPGRADE, origin: "https://evil.example" }));
    expect(other.text).toMatch(/^HTTP\/1\.1 403 /);
    expect(other.text).toContain("evil.example");
    expect(other.text).toContain("example.com");
    expect(other.text).toContain("origins");
  });
});

describe("connectWith", () => {
  it("exposes what the handshake settled", async () => {
    const { connect, core } = world({ subprotocols: ["b", "a"], upgrade: () => ({ headers: { "x-hello": "you" } }) });
    const socket = await connect({ subprotocols: ["a", "b"] });
    expect([socket.subprotocol, [...core.connections][0]?.subprotocol]).toEqual(["b", "b"]);
    expect(socket.headers.get("x-hello")).toBe("you");
    expect(socket.state).toBe("open");
  });

  it("CH-1 rejects with the response where it is refused", async () => {
    const { connect } = world({ upgrade: () => refuse(401, { "x-why": "token" }, "no token") });
    const error = await connect().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(ConnectError);
    expect(error).toMatchObject({ code: "response-status", response: { status: 401 } });
    expect(Buffer.from((error as ConnectError).response?.body as Uint8Array).toString()).toBe("no token");
  });

  it("CH-19 times out, and leaves nothing behind", async () => {
    const place = world({ upgrade: () => new Promise<never>(() => {}) });
    const connecting = place.connect({ handshakeTimeout: 300 });
    connecting.catch(() => {});
    await place.clock.advance(300);
    await expect(connecting).rejects.toMatchObject({ code: "timeout" });
    await place.clock.settle();
    expect(place.sockets[0]?.closed).toBe(true);
  });

  it("CH-29 aborts at every step", async () => {
    const place = world({ upgrade: () => new Promise<never>(() => {}) });
    const before = new AbortController();
    before.abort();
    await expect(place.connect({ signal: before.signal })).rejects.toMatchObject({ code: "aborted" });
    const during = new AbortController();
    const connecting = place.connect({ signal: during.signal });
    connecting.catch(() => {});
    await place.clock.settle();
    during.abort();
    await expect(connecting).rejects.toMatchObject({ code: "aborted" });
    await place.clock.settle();
    expect(place.sockets.every((socket) => socket.closed)).toBe(true);
  });

  it("CH-18 rejects once where the server goes away before it answers", async () => {
    const place = world({ upgrade: () => new Promise<never>(() => {}) });
    const connecting = place.connect();
    connecting.catch(() => {});
    await place.clock.settle();
    place.sockets[0]?.reset();
    await place.clock.settle();
    await expect(connecting).rejects.toMatchObject({ code: "closed" });
  });
});
