import { describe, expect, it, vi } from "vitest";
import type { CloseInfo, WebSocketConnection } from "../src/index.ts";
import { UsageError } from "../src/index.ts";
import type { MemorySocket } from "../src/testing/index.ts";
import { head, raw, UPGRADE } from "./_requests.ts";
import { take, world } from "./_world.ts";

function onlyConnection<C>(connections: ReadonlySet<WebSocketConnection<C>>): WebSocketConnection<C> {
  const [first] = connections;
  if (first === undefined) throw new Error("no connection");
  return first;
}

const IGNORE = { onBytes: () => {}, onWritable: () => {}, onEnd: () => {}, onClose: () => {} };

describe("closing", () => {
  it("UT-7 tells both sides code and reason, in UTF-8, and leaves nothing (7.1)", async () => {
    const closes: CloseInfo[] = [];
    const { clock, connect, core, sockets } = world({
      message: () => {},
      close: (_socket, info) => {
        closes.push(info);
      },
    });
    const socket = await connect();
    const closed = socket.close(4321, "tschüß");
    await clock.settle();
    expect(await closed).toMatchObject({ code: 4321, clean: true, sent: { code: 4321, reason: "tschüß" } });
    const status = { code: 4321, reason: "tschüß" };
    expect(closes).toMatchObject([{ ...status, clean: true, sent: status }]);
    expect(core.connectionCount).toBe(0);
    expect(sockets[0]?.closed).toBe(true);
    expect(sockets[0]?.other.closed).toBe(true);
    expect(clock.timers).toBe(0);
  });

  it("CT-19 throws on a code or reason that may not be sent, and changes nothing (7.4)", async () => {
    const { connect } = world({ message: () => {} });
    const socket = await connect();
    for (const code of [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, Number.NaN, 1000.5, "1000" as never]) {
      expect(() => socket.close(code)).toThrow(UsageError);
    }
    expect(() => socket.close(1000, "x".repeat(124))).toThrow(UsageError);
    expect(() => socket.close(1000, "é".repeat(62))).toThrow(UsageError);
    expect(socket.state).toBe("open");
  });

  it("LC-10 LC-12 closes TCP after closeTimeout where the peer never answers", async () => {
    const { clock, connect, core, sockets } = world({ message: () => {}, closeTimeout: 3000 });
    await connect();
    const server = onlyConnection(core.connections);
    sockets[0]?.pause();
    const closed = server.close(1000);
    await clock.advance(2999);
    expect(server.state).toBe("closing");
    await clock.advance(1);
    expect(await closed).toMatchObject({ code: 1006, clean: false });
    expect(sockets[0]?.other.closed).toBe(true);
    expect(core.connectionCount).toBe(0);
  });

  it("LC-15 sends everything accepted before the Close frame, however slow the peer", async () => {
    const { clock, connect, core, sockets } = world({ message: () => {} });
    const socket = await connect();
    sockets[0]?.pause();
    const server = onlyConnection(core.connections);
    for (let i = 0; i < 5; i++) server.send(new Uint8Array(1024 * 1024).fill(i));
    const closed = server.close(1000, "bye");
    await clock.settle();
    sockets[0]?.resume();
    for (let i = 0; i < 5; i++) {
      const message = (await take(clock, socket)) as Uint8Array;
      expect([message.length, message[0], message.at(-1)]).toEqual([1024 * 1024, i, i]);
    }
    expect(await take(clock, socket)).toBeUndefined();
    expect(await socket.closed).toMatchObject({ code: 1000, reason: "bye", clean: true });
    expect(await closed).toMatchObject({ clean: true });
  });

  it("the peer's FIN without Close is 1006 (7.1.5)", async () => {
    const { clock, connect, sockets } = world({ message: () => {} });
    const socket = await connect();
    sockets[0]?.other.destroy();
    await clock.settle();
    expect(await socket.closed).toMatchObject({ code: 1006, clean: false, sent: undefined });
    expect(socket.signal.aborted).toBe(true);
  });

  it("LC-5 a reset is 1006 with the error; sends return false", async () => {
    const { clock, connect, sockets } = world({ message: () => {} });
    const socket = await connect();
    sockets[0]?.reset();
    await clock.settle();
    const info = await socket.closed;
    expect(info).toMatchObject({ code: 1006, clean: false });
    expect(info.error).toBeInstanceOf(Error);
    expect(socket.send("x")).toBe(false);
    await socket.drained();
  });

  // An unmasked frame; and one that declares 2 GiB, whose sender sends much of it before it reads why it was refused.
  for (const [name, frame, megabytes] of [
    ["a fault", [0x81, 0x01, 0x61], 1],
    ["a message that is too large", [0x82, 0xff, 0, 0, 0, 0, 0x80, 0, 0, 0, 1, 2, 3, 4], 64],
  ] as const) {
    it(`RS-9 after ${name} discards at most ${megabytes} MiB, then cuts off; the Close frame and FIN go out`, async () => {
      const { clock, connect, sockets } = world({ message: () => {} }, { capacity: 1 << 20 });
      await connect();
      const client = sockets[0] as MemorySocket;
      client.handler = { ...IGNORE };
      client.write(Uint8Array.from(frame));
      await clock.settle();
      expect(client.other.ended).toBe(true);
      const megabyte = new Uint8Array(1 << 20);
      for (let i = 0; i <= megabytes; i++) {
        expect(client.other.closed).toBe(false);
        client.write(megabyte);
        await clock.settle();
      }
      expect(client.other.closed).toBe(true);
    });
  }

  it("cuts a lingering peer off after 2 s", async () => {
    const { clock, stream, core } = world({});
    const socket = stream();
    socket.handler = { ...IGNORE };
    socket.write(Buffer.from("GARBAGE\r\n\r\n"));
    await clock.advance(1999);
    expect(socket.other.closed).toBe(false);
    await clock.advance(1);
    expect(socket.other.closed).toBe(true);
    expect(core.connectionCount).toBe(0);
  });

  it("terminate is 1006 on both sides", async () => {
    const { clock, connect, core } = world({ message: () => {} });
    const socket = await connect();
    onlyConnection(core.connections).terminate();
    await clock.settle();
    expect(await socket.closed).toMatchObject({ code: 1006 });
    expect(core.connectionCount).toBe(0);
  });

  it("LC-22 drain closes all with 1001 and reports", async () => {
    const { clock, connect, core } = world({ message: () => {} });
    const sockets = await Promise.all([connect(), connect(), connect()]);
    const draining = core.drain({ deadline: 5000 });
    await clock.settle();
    expect(await draining).toEqual({ closed: 3, terminated: 0 });
    for (const socket of sockets) expect(await socket.closed).toMatchObject({ code: 1001, clean: true });
  });

  it("drain cuts off at its deadline who does not answer", async () => {
    const { clock, connect, core, sockets } = world({ message: () => {} });
    await connect();
    await connect();
    sockets[1]?.pause();
    const draining = core.drain({ deadline: 1000 });
    await clock.advance(1000);
    expect(await draining).toEqual({ closed: 1, terminated: 1 });
    expect(sockets.every((socket) => socket.other.closed)).toBe(true);
  });

  it("drain waits for 10 s where it is given no deadline", async () => {
    const { clock, connect, core, sockets } = world({ message: () => {}, closeTimeout: 0 });
    await connect();
    sockets[0]?.pause();
    let over = false;
    const draining = core.drain().then((report) => {
      over = true;
      return report;
    });
    await clock.advance(9_999);
    expect(over).toBe(false);
    await clock.advance(1);
    expect(await draining).toEqual({ closed: 0, terminated: 1 });
  });

  it("drain counts as closed who has, though a handler still runs", async () => {
    const { clock, connect, core } = world({ message: () => new Promise(() => {}) });
    const socket = await connect();
    socket.send("x");
    await clock.settle();
    const draining = core.drain({ deadline: 50_000 });
    await clock.advance(10_000);
    expect(await draining).toEqual({ closed: 1, terminated: 0 });
    await expect(core.drain({ deadline: Number.NaN })).rejects.toThrow("deadline is a number from 0 on, not NaN");
  });

  it("drain waits for no stream that has sent nothing, but for a head that has begun", async () => {
    const place = world({ message: () => {} });
    const silent = raw(place);
    const begun = raw(place);
    begun.socket.write(Buffer.from("GET / HT"));
    await place.clock.settle();
    const draining = place.core.drain({ deadline: 5000 });
    await place.clock.settle();
    expect([silent.answer, silent.socket.other.closed]).toEqual([{ text: "", ended: true, closed: false }, true]);
    expect(begun.socket.other.closed).toBe(false);
    begun.socket.write(Buffer.from(head("GET / HTTP/1.1", UPGRADE).slice("GET / HT".length)));
    await place.clock.settle();
    expect(begun.answer.text).toMatch(/^HTTP\/1\.1 503 /);
    // Who comes now is refused, and not waited for: it may never leave.
    const late = raw(place);
    await place.clock.settle();
    expect(late.answer).toMatchObject({ text: expect.stringMatching(/^HTTP\/1\.1 503 .*\s.*closing/s), ended: true });
    begun.socket.end();
    await place.clock.settle();
    expect(await draining).toEqual({ closed: 0, terminated: 0 });
    await place.clock.settle();
    expect([place.clock.timers, place.core.environment.deadlines.size]).toEqual([0, 0]);
  });

  it("leaves no deadline where a handler settles after the stream was reset", async () => {
    let settle = (): void => {};
    const close = vi.fn();
    const { clock, connect, core, sockets } = world({
      message: () => new Promise<void>((resolve) => (settle = resolve)),
      close,
    });
    const socket = await connect();
    socket.send("x");
    await clock.settle();
    sockets[0]?.reset();
    await clock.settle();
    settle();
    await clock.settle();
    expect(close).toHaveBeenCalledOnce();
    expect(core.environment.deadlines.size).toBe(0);
  });

  it("terminate drops what was received and not handled yet", async () => {
    const log: unknown[] = [];
    let settle: (() => void) | undefined;
    const { clock, connect } = world({
      async message(socket, message) {
        log.push(message);
        await new Promise<void>((resolve) => {
          settle = resolve;
        });
        socket.terminate();
      },
      close: () => void log.push("close"),
    });
    const socket = await connect();
    for (const message of ["bad", "transfer 1", "transfer 2"]) socket.send(message);
    await clock.settle();
    settle?.();
    await clock.settle();
    expect(log).toEqual(["bad", "close"]);
  });

  it("two drains end when the last stream goes, both before their deadlines", async () => {
    const { clock, connect, core } = world({ message: () => {} });
    await connect();
    const ended: number[] = [];
    for (const deadline of [50_000, 60_000]) void core.drain({ deadline }).then(() => ended.push(deadline));
    await clock.advance(10_000);
    expect(ended).toEqual([50_000, 60_000]);
    expect(clock.timers).toBe(0);
  });

  it("closeTimeout 0: no deadline, neither for the Close frame nor for its answer", async () => {
    for (const side of ["server", "client"] as const) {
      const { clock, connect, core, sockets } = world({ message: () => {}, closeTimeout: 0 });
      const client = await connect({ closeTimeout: 0 });
      const [socket, peer] = [sockets[0], sockets[0]?.other];
      const [here, there] = side === "server" ? [onlyConnection(core.connections), socket] : [client, peer];
      there?.pause();
      const closed = here.close(4000, "no hurry");
      await clock.advance(1_000_000);
      expect(here.state).toBe("closing");
      there?.resume();
      await clock.settle();
      expect(await closed).toMatchObject({ code: 4000, clean: true });
      expect(core.environment.deadlines.size).toBe(0);
    }
  });

  it("nothing is accepted or waited for where the connection is lost after the peer's Close frame", async () => {
    const ended = vi.fn();
    const { clock, connect, core, sockets } = world({
      async message(socket) {
        await socket.closed;
        await socket.drained();
        ended(socket.send("x"), socket.ping(), socket.pong(), socket.bufferedAmount);
      },
    });
    const socket = await connect();
    socket.send("x");
    void socket.close();
    await clock.settle();
    sockets[0]?.reset();
    await clock.settle();
    expect(ended.mock.calls).toEqual([[false, false, false, 0]]);
    expect(core.connectionCount).toBe(0);
  });

  for (const direction of ["to the server", "to the client"] as const) {
    it(`LC-25 a reset after every byte ${direction} leaves one close event and nothing else`, async () => {
      const whole = await session(direction, Infinity);
      expect(whole.opens).toBe(1);
      for (let limit = 0; limit < whole.bytes; limit++) {
        const { opens, closes, left } = await session(direction, limit);
        expect(closes, `after ${limit} bytes`).toBe(opens);
        expect(opens).toBeLessThanOrEqual(1);
        expect(left, `after ${limit} bytes`).toEqual({ connections: 0, timers: 0, deadlines: 0 });
      }
    });
  }
});

/** A session of an opening, an echo and a close, reset when so many bytes have arrived in one direction. */
async function session(direction: "to the server" | "to the client", limit: number) {
  let [opens, closes, bytes] = [0, 0, 0];
  const { clock, connect, core, sockets } = world(
    {
      open: () => void opens++,
      message: (socket, message) => void socket.send(message),
      close: () => void closes++,
    },
    { chunkSize: 1 },
  );
  const connecting = connect();
  connecting.catch(() => {});
  const socket = sockets[0];
  const handler = direction === "to the server" ? socket?.other.handler : socket?.handler;
  if (socket === undefined || handler === undefined) throw new Error("no stream");
  const { onBytes } = handler;
  handler.onBytes = (chunk, memory) => {
    if (bytes === limit) socket.reset();
    bytes += chunk.length;
    onBytes.call(handler, chunk, memory);
  };
  const connection = await connecting.catch(() => undefined);
  connection?.send("hello");
  await clock.settle();
  void connection?.close(1000, "bye");
  await clock.advance(20_000);
  const left = {
    connections: core.connectionCount,
    timers: clock.timers,
    deadlines: core.environment.deadlines.size,
  };
  return { opens, closes, bytes, left };
}
