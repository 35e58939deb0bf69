import { describe, expect, it } from "vitest";
import type { WebSocketConnection } from "../src/index.ts";
import type { MemorySocket } from "../src/testing/index.ts";
import { head, raw, UPGRADE } from "./_requests.ts";
import { take, world } from "./_world.ts";

describe("a connection", () => {
  it("LC-3 answers an opening once: what is decided after the deadline is not sent", async () => {
    let decide: ((value: undefined) => void) | undefined;
    const place = world({
      handshakeTimeout: 100,
      upgrade: () =>
        new Promise<undefined>((resolve) => {
          decide = resolve;
        }),
    });
    const { clock } = place;
    const { socket, answer } = raw(place);
    socket.write(Buffer.from(head("GET / HTTP/1.1", UPGRADE)));
    await clock.advance(100);
    decide?.(undefined);
    await clock.settle();
    expect(answer.text.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(answer.text).toContain(" 408 ");
  });

  it("says what a stream has answered that broke the rules of the port", async () => {
    for (const [answer, told] of [
      [undefined, "answered undefined for"],
      [true, "answered true for"],
      [1.5, "answered 1.5 for"],
      [1_000_000, "answered 1000000 for"],
      [Promise.resolve(1), "answered [object Promise] for"],
      [new Error("of its own"), "of its own"],
    ] as const) {
      const { clock, connect, core, sockets } = world({});
      await connect();
      const [server] = core.connections;
      const far = sockets[0]?.other as MemorySocket;
      far.write = () => {
        if (answer instanceof Error) throw answer;
        return answer as never;
      };
      server?.send("never seen");
      await clock.settle();
      expect((await server?.closed)?.error?.message).toContain(told);
    }
  });

  it("LC-6 survives a stream that throws from write and end", async () => {
    for (const method of ["write", "end"] as const) {
      let closes = 0;
      const { clock, connect, core, sockets } = world({
        message: (socket) => {
          socket.send("answer");
          void socket.close();
        },
        close: () => {
          closes++;
        },
      });
      const socket = await connect();
      const server = sockets[0]?.other;
      if (server === undefined) throw new Error("no stream");
      server[method] = () => {
        throw new Error("broken stream");
      };
      socket.send("x");
      await clock.settle();
      await clock.advance(20_000);
      expect(closes).toBe(1);
      expect(core.connectionCount).toBe(0);
    }
  });

  it("LC-7 stays in order when every handler calls back into it", async () => {
    const acts: ((socket: WebSocketConnection) => void)[] = [
      (socket) => void socket.close(4000),
      (socket) => socket.terminate(),
      (socket) => void socket.send("again"),
      (socket) => void socket.ping("again"),
      (socket) => {
        void socket.close();
        socket.terminate();
        socket.send("late");
      },
      () => {
        throw new Error("thrown");
      },
    ];
    for (const act of acts) {
      for (const name of ["open", "message", "ping", "pong", "drain", "close", "error"] as const) {
        const counts = { acts: 0, close: 0 };
        const { clock, connect, core } = world({
          message: () => {},
          close: () => {
            counts.close++;
          },
          [name]: (socket: WebSocketConnection) => {
            if (name === "close") counts.close++;
            // Bounded: a Ping in answer to each Pong would go on for ever.
            if (counts.acts++ < 5) act(socket);
          },
        });
        const other = await connect();
        const socket = await connect();
        socket.send("message");
        socket.ping("ping");
        socket.pong("pong");
        socket.send("message");
        await clock.settle();
        void socket.close();
        await clock.advance(20_000);
        void other.close();
        await clock.advance(20_000);
        expect(core.connectionCount).toBe(0);
        expect(counts.close).toBe(2);
      }
    }
  });

  it("LC-8 ignores events that a stream reports after its end", async () => {
    let closes = 0;
    const { clock, connect, sockets } = world({
      message: () => {},
      close: () => {
        closes++;
      },
    });
    await connect();
    const handler = sockets[0]?.other.handler;
    sockets[0]?.reset();
    await clock.settle();
    handler?.onBytes(Uint8Array.of(0x81, 0x80, 0, 0, 0, 0), 6);
    handler?.onWritable();
    handler?.onEnd();
    handler?.onClose(new Error("again"));
    await clock.settle();
    expect(closes).toBe(1);
  });

  it("LC-20 keeps no book of Pings that are not answered, and they count towards the hard cap", async () => {
    const { clock, connect, core, sockets } = world({ message: () => {}, maxBufferedAmount: 100_000 });
    await connect();
    const [server] = core.connections;
    sockets[0]?.pause();
    for (let i = 0; i < 100_000; i++) server?.ping(String(i));
    expect(server?.bufferedAmount).toBeLessThan(200_000);
    await clock.settle();
    expect(server?.state).toBe("closing");
  });

  it("API-2 has copied a small message when send returns, also where it must wait", async () => {
    const { clock, connect, sockets, core } = world({ message: () => {} });
    const socket = await connect();
    const [server] = core.connections;
    sockets[0]?.pause();
    const bytes = new Uint8Array(10).fill(1);
    for (let i = 0; i < 20_000; i++) server?.send(bytes);
    bytes.fill(9);
    await clock.settle();
    sockets[0]?.resume();
    for (let i = 0; i < 20_000; i++) {
      const message = (await take(clock, socket)) as Uint8Array;
      if (message[0] !== 1) expect(message).toEqual(new Uint8Array(10).fill(1));
    }
  });

  it("API-9 loses no message to a receive that was given up", async () => {
    const { clock, connect, core } = world({ open: () => {} });
    const socket = await connect();
    const [server] = core.connections;
    const controller = new AbortController();
    const given = socket.receive({ signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(given).rejects.toThrow("enough");
    await expect(socket.receive({ signal: controller.signal })).rejects.toThrow("enough");
    server?.send("kept");
    await clock.settle();
    expect(await take(clock, socket)).toBe("kept");
  });

  it("CT-17 reports the code that the peer sent, not its own", async () => {
    const { clock, connect, core } = world({ message: () => {} });
    const socket = await connect();
    const [server] = core.connections;
    // Both close at once: each gets the other's Close frame.
    const mine = socket.close(4001, "mine");
    const theirs = server?.close(4002, "theirs");
    await clock.settle();
    expect(await mine).toMatchObject({ code: 4002, reason: "theirs", clean: true, sent: { code: 4001 } });
    expect(await theirs).toMatchObject({ code: 4001, reason: "mine", clean: true, sent: { code: 4002 } });
  });
});
