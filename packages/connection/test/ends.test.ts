import { describe, expect, it, vi } from "vitest";
import type { CloseInfo } from "../src/index.ts";
import { head, raw, UPGRADE } from "./_requests.ts";
import { world } from "./_world.ts";

describe("the end of a stream", () => {
  for (const end of ["end", "reset"] as const) {
    it(`FG-7 ${end} within a fragmented message: nothing delivered, 1006, nothing left (7.1.5)`, async () => {
      const message = vi.fn();
      const infos: CloseInfo[] = [];
      const place = world({ message, close: (_socket, info) => void infos.push(info) });
      const { socket } = raw(place);
      const frames = "\x01\x81\0\0\0\0a\x00\x81\0\0\0\0b\x80\x85\0\0\0\0cd";
      socket.write(Buffer.from(`${head("GET / HTTP/1.1", UPGRADE)}${frames}`, "latin1"));
      await place.clock.settle();
      socket[end]();
      await place.clock.advance(2000);
      expect(message).not.toHaveBeenCalled();
      expect(infos).toMatchObject([{ code: 1006, clean: false }]);
      expect([place.core.connectionCount, place.core.environment.deadlines.size]).toEqual([0, 0]);
      expect(socket.other.closed).toBe(true);
    });
  }
});

it("nothing waits to be sent any more once the stream is gone", async () => {
  const { clock, connect, core, sockets } = world({ message: () => {} });
  await connect();
  const [server] = core.connections;
  sockets[0]?.pause();
  server?.send(new Uint8Array(1_000_000));
  await clock.settle();
  expect(server?.bufferedAmount).toBeGreaterThan(500_000);
  sockets[0]?.reset();
  await clock.settle();
  expect([server?.state, server?.bufferedAmount]).toEqual(["closed", 0]);
});

describe("the peer's FIN without a Close frame", () => {
  it("leaves handlers 10 s where there is no closeTimeout: this peer has nothing more to say, ever", async () => {
    const infos: CloseInfo[] = [];
    const place = world({
      closeTimeout: 0,
      message: () => new Promise(() => {}),
      close: (_socket, info) => void infos.push(info),
    });
    const { socket } = raw(place);
    socket.write(Buffer.from(`${head("GET / HTTP/1.1", UPGRADE)}\x81\x81\0\0\0\0a`, "latin1"));
    await place.clock.settle();
    socket.end();
    await place.clock.advance(9999);
    expect(infos).toEqual([]);
    await place.clock.advance(1);
    expect(infos).toMatchObject([{ code: 1006, clean: false }]);
  });
});

describe("the peer's Close frame", () => {
  it("aborts the signal at once, so that a handler which waits for that does not hold up the answer", async () => {
    const place = world({
      message: (socket) => new Promise<void>((resolve) => socket.signal.addEventListener("abort", () => resolve())),
    });
    const { socket, answer } = raw(place);
    const frames = "\x81\x81\0\0\0\0a\x88\x82\0\0\0\0\x03\xe8";
    socket.write(Buffer.from(`${head("GET / HTTP/1.1", UPGRADE)}${frames}`, "latin1"));
    await place.clock.settle();
    expect(answer.text.endsWith("\r\n\r\n\x88\x02\x03\xe8")).toBe(true);
  });

  it("is answered behind the replies to what came before it, also where its FIN follows at once (5.5.1)", async () => {
    let settle: (() => void) | undefined;
    const place = world({
      async message(socket) {
        await new Promise<void>((resolve) => (settle = resolve));
        socket.send("b");
      },
    });
    const { socket, answer } = raw(place);
    const frames = "\x81\x81\0\0\0\0a\x88\x82\0\0\0\0\x03\xe8";
    socket.write(Buffer.from(`${head("GET / HTTP/1.1", UPGRADE)}${frames}`, "latin1"));
    socket.end();
    await place.clock.settle();
    expect(answer.text.endsWith("\r\n\r\n")).toBe(true);
    settle?.();
    await place.clock.settle();
    expect(answer.text.endsWith("\r\n\r\n\x81\x01b\x88\x02\x03\xe8")).toBe(true);
  });
});

describe("who closes TCP (7.1.1)", () => {
  it("CT-18 the server at once after both Close frames; a client that keeps its side is cut off after 2 s", async () => {
    const place = world({ message: () => {} });
    const { socket, answer } = raw(place);
    const frames = "\x88\x80\0\0\0\0";
    socket.write(Buffer.from(`${head("GET / HTTP/1.1", UPGRADE)}${frames}`, "latin1"));
    await place.clock.settle();
    expect(answer.text.endsWith("\x88\x00")).toBe(true);
    expect(answer.ended).toBe(true);
    await place.clock.advance(1999);
    expect(socket.other.closed).toBe(false);
    await place.clock.advance(1);
    expect(socket.other.closed).toBe(true);
  });

  it("CT-18 the client waits for the server to do it, and closes after closeTimeout where it does not", async () => {
    for (const closes of [true, false]) {
      const { clock, connect, sockets } = world({ message: () => {} });
      const socket = await connect({ closeTimeout: 3000 });
      const [here, there] = [sockets[0], sockets[0]?.other];
      if (here === undefined || there === undefined) throw new Error("no stream");
      const order: string[] = [];
      const ends = there.end;
      there.end = () => {
        order.push("server");
        if (closes) ends.call(there);
      };
      const mine = here.end;
      here.end = () => {
        order.push("client");
        mine.call(here);
      };
      const closed = socket.close();
      await clock.settle();
      expect(await closed).toMatchObject({ clean: true });
      expect(order).toEqual(closes ? ["server", "client"] : ["server"]);
      if (closes) continue;
      // Without the server's own limit on lingering: it would end the stream for us.
      there.destroy = () => {};
      await clock.advance(2999);
      expect(here.ended).toBe(false);
      await clock.advance(1);
      expect(order).toEqual(["server", "client"]);
      await clock.advance(2000);
      expect(here.closed).toBe(true);
    }
  });
});

describe("what the peer sends after our Close frame (7.1.2)", () => {
  it("CT-14 is dropped, data and streams alike, and the end is clean", async () => {
    const message = vi.fn();
    const place = world({
      open: (socket) => void socket.close(4000, "enough"),
      message,
    });
    const { socket, answer } = raw(place);
    socket.write(Buffer.from(head("GET / HTTP/1.1", UPGRADE)));
    await place.clock.settle();
    const [connection] = place.core.connections;
    const closed = connection?.closed;
    socket.write(Buffer.from("\x81\x81\0\0\0\0a\x02\x81\0\0\0\0b\x80\x81\0\0\0\0c\x88\x82\0\0\0\0\x03\xe8", "latin1"));
    await place.clock.settle();
    expect(message).not.toHaveBeenCalled();
    expect(answer.text.endsWith("\x88\x08\x0f\xa0enough")).toBe(true);
    expect(await closed).toMatchObject({ code: 1000, clean: true, sent: { code: 4000 } });
  });
});

describe("an end of its own making", () => {
  it("keeps its first code and reason, also while what was accepted before it waits (7.1.5)", async () => {
    const { clock, connect, core, sockets } = world({ message: () => {} });
    const client = await connect();
    const [server] = core.connections;
    sockets[0]?.pause();
    server?.send(new Uint8Array(1_000_000));
    const closed = server?.close(4000, "first");
    await clock.settle();
    void server?.close(4001, "second");
    sockets[0]?.resume();
    await clock.settle();
    expect(await closed).toMatchObject({ sent: { code: 4000, reason: "first" } });
    expect(await client.closed).toMatchObject({ code: 4000, reason: "first" });
  });

  it("of a server: its connections are closed at once, and who comes afterwards is refused", async () => {
    const { clock, connect, core, stream } = world({ message: () => {} });
    await connect();
    const [server] = core.connections;
    const opening = stream();
    core.terminate();
    expect(server?.state).toBe("closed");
    await clock.settle();
    expect(opening.other.closed).toBe(true);
    await expect(connect()).rejects.toMatchObject({ response: { status: 503 } });
  });

  it("terminate leaves no deadline, and the signal is aborted before the close handler runs (LC-18)", async () => {
    const log: string[] = [];
    const { clock, connect, core } = world({
      open: (socket) => socket.signal.addEventListener("abort", () => log.push("abort")),
      message: () => {},
      close: (socket) => void log.push(`close ${socket.signal.aborted}`),
    });
    await connect();
    const [server] = core.connections;
    server?.terminate();
    await clock.settle();
    expect(log).toEqual(["abort", "close true"]);
    expect(core.environment.deadlines.size).toBe(0);
  });
});

describe("DrainReport", () => {
  it("counts as cut off who was by another drain, or by an end at once", async () => {
    for (const end of ["drain", "terminate"] as const) {
      const { clock, connect, core, sockets } = world({ message: () => {} });
      await connect();
      await connect();
      sockets[1]?.pause();
      const reports = [core.drain({ deadline: 8000 })];
      if (end === "drain") reports.push(core.drain({ deadline: 1000 }));
      await clock.advance(1000);
      core.terminate();
      await clock.settle();
      for (const report of reports) expect(await report).toEqual({ closed: 1, terminated: 1 });
      expect(clock.timers).toBe(0);
    }
  });
});
