/** Work that grows with the number of small things that wait, never with its square, and memory that counts each. */
import { HeaderFields } from "@samewire/codec";
import { describe, expect, it } from "vitest";
import type { IncomingStream, WebSocketConnection } from "../src/index.ts";
import { head, raw, UPGRADE } from "./_requests.ts";
import { world } from "./_world.ts";

/** Squared, each of these takes seconds. */
const MANY = 100_000;
const TIME = 1500;
/** All of it at once. */
const ROOMY = { capacity: 16 * 1024 * 1024 };

function timed(work: () => void): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

describe("many small", () => {
  it("RS-1 fragments of a stream that is read late", async () => {
    let read = (): void => {};
    let chunks = 0;
    const options = {
      receiveHighWaterMark: Number.MAX_SAFE_INTEGER,
      async stream(_socket: WebSocketConnection, stream: IncomingStream) {
        await new Promise<void>((resolve) => (read = resolve));
        for await (const _ of stream) chunks++;
      },
    };
    const place = world(options, ROOMY);
    const { socket } = raw(place);
    socket.write(Buffer.from(head("GET / HTTP/1.1", UPGRADE), "latin1"));
    await place.clock.settle();
    socket.write(Buffer.from(`\x02\x81\0\0\0\0a${"\x00\x81\0\0\0\0a".repeat(MANY)}`, "latin1"));
    await place.clock.settle();
    const began = performance.now();
    read();
    await new Promise((resolve) => setImmediate(resolve));
    expect(chunks).toBe(MANY + 1);
    expect(performance.now() - began).toBeLessThan(TIME);
  });

  it("RS-10 fragments of a stream count for the object that each is", async () => {
    const place = world({
      receiveHighWaterMark: 64 * 1024,
      stream: () => new Promise<void>(() => {}),
    });
    const { socket } = raw(place);
    socket.write(Buffer.from(`${head("GET / HTTP/1.1", UPGRADE)}\x02\x81\0\0\0\0a`, "latin1"));
    await place.clock.settle();
    for (let i = 0; i < 20; i++) {
      socket.write(Buffer.from("\x00\x81\0\0\0\0a".repeat(100), "latin1"));
      await place.clock.settle();
    }
    expect(socket.other.paused).toBe(true);
  });

  it("RS-15 messages that wait behind a stream, also empty ones", async () => {
    const { clock, connect, core } = world({ message: () => {}, overflow: "drop", maxBufferedAmount: 1024 * 1024 });
    const client = await connect();
    const [server] = core.connections as Iterable<WebSocketConnection>;
    void server?.send(
      (async function* () {
        yield "part";
        await new Promise(() => {});
      })(),
    );
    await clock.settle();
    for (let i = 0; i < MANY; i++) server?.send("");
    const { bufferedAmount = 0 } = server ?? {};
    expect(bufferedAmount).toBeGreaterThan(1024 * 1024);
    expect(bufferedAmount).toBeLessThan(1024 * 1024 + 1024);
    client.terminate();
    await clock.settle();
  });

  it("messages that waited behind a stream leave in turns, none of them long", async () => {
    let release = (): void => {};
    const place = world({ message: () => {}, maxBufferedAmount: Number.MAX_SAFE_INTEGER }, ROOMY);
    const client = await place.connect();
    const [server] = place.core.connections as Iterable<WebSocketConnection>;
    void server?.send(
      (async function* () {
        yield "first";
        await new Promise<void>((resolve) => (release = resolve));
      })(),
    );
    await place.clock.settle();
    for (let i = 0; i < MANY; i++) server?.send(String(i));
    release();
    // The stream ends in microtasks; what waits may not follow all at once.
    await new Promise((resolve) => setImmediate(resolve));
    expect(server?.bufferedAmount).toBeGreaterThan(MANY);
    const received: unknown[] = [];
    void (async () => {
      for await (const message of client) received.push(message);
    })();
    for (let i = 0; i < 1000 && received.length <= MANY; i++) {
      await place.clock.settle();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(received.length).toBe(MANY + 1);
    expect(received.every((message, i) => message === (i === 0 ? "first" : String(i - 1)))).toBe(true);
  });

  it("parts of a source, empty ones, too, leave the loop its turns", async () => {
    const { clock, connect } = world({ message: () => {} });
    const client = await connect();
    let parts = 0;
    let over = false;
    void client.send(
      (async function* () {
        while (!over) {
          parts++;
          // A source that never ends must not keep this test from doing so.
          if (parts === MANY) return;
          yield "";
        }
      })(),
    );
    await new Promise((resolve) => setImmediate(resolve));
    over = true;
    expect(parts).toBeLessThan(5000);
    await clock.settle();
  });

  it("lines of one name in a head", () => {
    const fields = new HeaderFields(Array.from({ length: 40_000 }, (_, i) => ["x", String(i)] as const));
    let count = 0;
    expect(timed(() => (count = fields.getAll("x").length))).toBeLessThan(TIME);
    expect(count).toBe(40_000);
  });
});

describe("a stream that was dropped", () => {
  async function streamed(text: string): Promise<{ place: ReturnType<typeof world>; client: WebSocketConnection }> {
    const place = world({ open: (socket) => void socket.send(text), message: () => {} });
    const client = await place.connect();
    return { place, client };
  }

  it("is read within the turn in which more was asked for, whether its message had come or not", async () => {
    const { place, client } = await streamed("first");
    const [server] = place.core.connections as Iterable<WebSocketConnection>;
    server?.send("second");
    await place.clock.settle();
    const first = client.receiveStream().then((stream) => stream?.bytes());
    const second = client.receive();
    await place.clock.settle();
    expect(Buffer.from((await first) ?? []).toString()).toBe("first");
    expect(await second).toBe("second");
  });

  it("tells who reads it later, and is no empty message", async () => {
    const { place, client } = await streamed("first");
    const stream = (await client.receiveStream()) as IncomingStream;
    const next = client.receive();
    await place.clock.settle();
    await expect(stream.bytes()).rejects.toMatchObject({ code: "stream-dropped" });
    const [server] = place.core.connections as Iterable<WebSocketConnection>;
    server?.send("second");
    await place.clock.settle();
    expect(await next).toBe("second");
  });

  it("tells who goes on reading after its handler has settled", async () => {
    let reading: Promise<unknown> | undefined;
    const place = world({
      stream(_socket, stream) {
        reading = stream.bytes();
        reading.catch(() => {});
      },
    });
    const { socket } = raw(place);
    socket.write(Buffer.from(`${head("GET / HTTP/1.1", UPGRADE)}\x02\x81\0\0\0\0a`, "latin1"));
    await place.clock.settle();
    await expect(reading).rejects.toMatchObject({ code: "stream-dropped" });
  });
});
