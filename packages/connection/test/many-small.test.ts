/** Work that grows with the number of small things that wait, never with its square, and memory that counts each. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { HeaderFields } from "@samewire/codec";
import { describe, expect, it } from "vitest";
import { Fifo } from "../src/fifo.ts";
import type { WebSocketConnection } from "../src/index.ts";
import { IncomingStream, streamOf } from "../src/receiving/incoming-stream.ts";
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
    let [chunks, text] = [0, ""];
    const options = {
      receiveHighWaterMark: Number.MAX_SAFE_INTEGER,
      async stream(_socket: WebSocketConnection, stream: IncomingStream) {
        await new Promise<void>((resolve) => (read = resolve));
        for await (const chunk of stream) {
          chunks++;
          text += Buffer.from(chunk).toString();
        }
      },
    };
    const place = world(options, ROOMY);
    const { socket } = raw(place);
    socket.write(Buffer.from(head("GET / HTTP/1.1", UPGRADE), "latin1"));
    await place.clock.settle();
    socket.write(Buffer.from("\x00\x81\0\0\0\0a\x00\x81\0\0\0\0b".repeat(MANY / 2).replace("\x00", "\x02"), "latin1"));
    await place.clock.settle();
    const began = performance.now();
    read();
    await new Promise((resolve) => setImmediate(resolve));
    expect(text).toBe("ab".repeat(MANY / 2));
    // Each by itself would cost many times its bytes.
    expect(chunks).toBeLessThan(MANY / 1000);
    expect(performance.now() - began).toBeLessThan(TIME);
  });

  it("items in a queue", () => {
    const queue = new Fifo<number>();
    const took = timed(() => {
      for (let i = 0; i < MANY; i++) queue.push(i);
      for (let i = 0; i < MANY; i++) if (queue.shift() !== i) throw new Error("out of order");
    });
    expect(queue.empty).toBe(true);
    expect(took).toBeLessThan(TIME);
  });

  it("items in a queue that never becomes empty: those that were taken are not kept", async () => {
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc") as () => void;
    const queue = new Fifo<object>();
    queue.push({});
    const taken: WeakRef<object>[] = [];
    for (let i = 0; i < 100; i++) {
      queue.push({});
      taken.push(new WeakRef(queue.shift() as object));
    }
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    expect(taken.filter((item) => item.deref() !== undefined)).toEqual([]);
  });

  it("RS-10 what was received whole and is read as a stream is counted in and out once", async () => {
    for (const message of ["", "h\u00e9", "x".repeat(5000)]) {
      const consumed: number[] = [];
      const waiting = (): number => 0 - consumed.reduce((sum, size) => sum + size, 0);
      const stream = streamOf(message, { onConsumed: (size) => void consumed.push(size) });
      expect(waiting()).toBe(message === "" ? 0 : Buffer.byteLength(message) + 64);
      expect(Buffer.from(await stream.bytes()).toString()).toBe(message);
      expect(waiting()).toBe(0);
    }
  });

  it("RS-10 chunks of a stream are as they came, joined or not, and count for what they are", () => {
    const consumed: number[] = [];
    const stream = new IncomingStream("binary", { onConsumed: (size) => void consumed.push(size) }, 1e9);
    const sizes = [1, 2, 600, 3, 511, 4000, 100, 5000, 1, 1, 512, 400, 400, 4096];
    const sent = sizes.map((size, i) => new Uint8Array(size).fill(i + 1));
    let counted = 0;
    for (const chunk of sent) counted += stream.push(chunk.slice());
    stream.end();
    return stream.bytes().then((bytes) => {
      expect(Buffer.from(bytes).equals(Buffer.concat(sent))).toBe(true);
      expect(consumed.reduce((sum, size) => sum + size, 0)).toBe(counted);
      expect(counted).toBe(bytes.length + 64 * consumed.length);
    });
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

  it("is read on to its end by who began within that turn, however long that takes", async () => {
    const received: unknown[] = [];
    const place = world({
      async open(socket) {
        const stream = (await socket.receiveStream()) as IncomingStream;
        const next = socket.receive();
        received.push(Buffer.from(await stream.bytes()).toString(), await next);
      },
    });
    const { socket } = raw(place);
    socket.write(Buffer.from(`${head("GET / HTTP/1.1", UPGRADE)}\x02\x81\0\0\0\0a`, "latin1"));
    await place.clock.settle();
    await place.clock.settle();
    socket.write(Buffer.from("\x80\x81\0\0\0\0b\x81\x81\0\0\0\0c", "latin1"));
    await place.clock.settle();
    expect(received).toEqual(["ab", "c"]);
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

  it("tells who goes on reading that it broke off, where the peer was lost within it before its handler settled", async () => {
    let settle = (): void => {};
    let reader: AsyncIterator<Uint8Array> | undefined;
    const place = world({
      stream(_socket, stream) {
        reader = stream[Symbol.asyncIterator]();
        return new Promise<void>((resolve) => (settle = resolve));
      },
    });
    const { socket } = raw(place);
    socket.write(Buffer.from(`${head("GET / HTTP/1.1", UPGRADE)}\x02\x81\0\0\0\0a`, "latin1"));
    await place.clock.settle();
    expect(await reader?.next()).toEqual({ done: false, value: Uint8Array.of(0x61) });
    socket.reset();
    await place.clock.settle();
    settle();
    await place.clock.settle();
    await expect(reader?.next()).rejects.toThrow("connection reset");
  });

  it("is over for who has left it himself, also once the peer is lost within it", async () => {
    let reader: AsyncIterator<Uint8Array> | undefined;
    const place = world({
      async stream(_socket, stream) {
        reader = stream[Symbol.asyncIterator]();
        await reader.return?.();
      },
    });
    const { socket } = raw(place);
    socket.write(Buffer.from(`${head("GET / HTTP/1.1", UPGRADE)}\x02\x81\0\0\0\0a`, "latin1"));
    await place.clock.settle();
    expect(await reader?.next()).toEqual({ done: true, value: undefined });
    socket.reset();
    await place.clock.settle();
    expect(await reader?.next()).toEqual({ done: true, value: undefined });
  });
});
