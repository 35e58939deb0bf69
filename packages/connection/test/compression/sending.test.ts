/** What is sent with compression, over turns: streams part by part, long messages slice by slice, and the compressor's memory. */
import type { DeflateEngine } from "@samewire/codec";
import { describe, expect, it } from "vitest";
import { MemoryBudget, type Message, type SendableStream, type WebSocketConnection } from "../../src/index.ts";
import { take, type World, world } from "../_world.ts";
import { countingEngine, SLICE } from "./_counting-engine.ts";
import { rawPeer } from "./_raw-peer.ts";

const PMD = "permessage-deflate";
const echo = { message: (socket: WebSocketConnection, message: Message) => void socket.send(message) };

/** Bytes that compress a little, of a given size. */
function noise(size: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: size }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 16) & 0x7f;
  });
}

/** The server's end of a connection whose peer's frames a test reads by itself. */
async function opened(deflate?: () => DeflateEngine, budget = new MemoryBudget(1 << 28)) {
  let socket: WebSocketConnection | undefined;
  const place: World<undefined> = world<undefined>(
    {
      compression: { threshold: 0, budget },
      open: (connection) => {
        socket = connection;
      },
    },
    {},
    deflate,
  );
  const peer = await rawPeer(place, PMD);
  return { place, peer, socket: socket as unknown as WebSocketConnection };
}

/** A source that gives what the test gives it, when it does. */
function source() {
  let next: ((result: IteratorResult<string>) => void) | undefined;
  const stream: SendableStream = {
    [Symbol.asyncIterator]: () => ({
      next: () =>
        new Promise((resolve) => {
          next = resolve;
        }),
    }),
  };
  return {
    stream,
    give: (value: string) => next?.({ done: false, value }),
    end: () => next?.({ done: true, value: "" }),
  };
}

/** Runs what promises can do by themselves, but no macrotask. */
async function promisesOnly(): Promise<void> {
  for (let ticks = 0; ticks < 20_000; ticks += 1) await undefined;
}

it("close() within the drain handler follows what that handler has sent, though it takes turns", async () => {
  let drains = 0;
  const { clock, connect } = world(
    {
      compression: { threshold: 0 },
      open: (socket) => void socket.send(noise(200_000)),
      drain(socket) {
        if (drains++ > 0) return;
        socket.send(noise(100_000));
        void socket.close();
      },
    },
    // The socket takes all at once: what is above the mark waits for the compressor.
    { capacity: Number.MAX_SAFE_INTEGER },
  );
  const socket = await connect({ compression: true });
  expect((await take(clock, socket))?.length).toBe(200_000);
  expect((await take(clock, socket))?.length).toBe(100_000);
  expect(await take(clock, socket)).toBeUndefined();
  expect(await socket.closed).toMatchObject({ code: 1000, clean: true });
});

describe("PartSender, compressing", () => {
  it("sends each part whole as soon as it is there", async () => {
    const { place, peer, socket } = await opened();
    const { inflateRawSync, constants } = await import("node:zlib");
    const { stream, give, end } = source();
    const sent = socket.send(stream);
    await place.clock.settle();
    let whole = Buffer.alloc(0);
    for (const [part, first] of [
      ["one", "41"],
      ["two", "0"],
      ["three", "0"],
    ] as const) {
      give(part);
      await place.clock.settle();
      const [frame = "", ...others] = peer.received();
      expect(others).toEqual([]);
      const [head, payload = ""] = frame.split(" ");
      expect(head).toBe(first);
      expect(payload).toMatch(/0000ffff$/);
      whole = Buffer.concat([whole, Buffer.from(payload, "hex")]);
      expect(inflateRawSync(whole, { finishFlush: constants.Z_SYNC_FLUSH }).toString()).toMatch(new RegExp(`${part}$`));
    }
    end();
    await place.clock.settle();
    await sent;
    expect(peer.received()).toEqual(["80 00"]);
  });

  it("gives the event loop its turn after so many bytes, however small the parts", async () => {
    const { counts, engine } = countingEngine();
    const { place, socket } = await opened(() => engine);
    const part = noise(1000);
    const parts = async function* (): AsyncGenerator<Uint8Array> {
      for (let count = 0; count < 500; count += 1) yield part;
    };
    let done = false;
    socket.send(parts()).then(() => {
      done = true;
    });
    const total = (): number => counts.deflated.reduce((sum, size) => sum + size, 0);
    await promisesOnly();
    expect(total()).toBeGreaterThan(0);
    expect(total()).toBeLessThanOrEqual(SLICE);
    await place.clock.settle();
    expect(total()).toBe(500_000);
    expect(done).toBe(true);
  });

  it("does not slice what it does not compress", async () => {
    const { counts, engine } = countingEngine();
    const { place, peer, socket } = await opened(() => engine);
    const parts = async function* (): AsyncGenerator<Uint8Array> {
      yield noise(50_000);
      yield noise(50_000);
    };
    socket.send(parts(), { compress: false });
    await place.clock.settle();
    expect(counts.deflaters).toBe(0);
    expect(peer.received().map((frame) => frame.length)).toEqual([100_002, 100_002, 2]);
  });
});

describe("Outgoing, compressing a long message", () => {
  const SIZE = 400_000;
  const total = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + size, 0);

  /** A server's end that has compressed three slices of a message of 400 KB, each in a macrotask of its own. */
  async function begun(message: Uint8Array | string) {
    const { counts, engine } = countingEngine();
    const budget = new MemoryBudget(1 << 28);
    const { place, peer, socket } = await opened(() => engine, budget);
    expect(socket.send(message)).toBe(false);
    expect(total(counts.deflated)).toBe(SLICE);
    for (const turns of [2, 3]) {
      await place.clock.turn();
      expect(total(counts.deflated)).toBe(turns * SLICE);
    }
    return { place, peer, socket, counts, engine, budget };
  }

  it.each([
    ["bytes", noise(SIZE)],
    ["text", new TextDecoder("latin1").decode(noise(SIZE))],
  ])("takes the engine's slice in each turn, and a Ping leaves between two: %s", async (_kind, message) => {
    const { place, peer, socket, counts } = await begun(message);
    socket.ping("?");
    await place.clock.turn();
    await place.clock.turn();
    expect(peer.received()).toEqual(["89 3f"]);
    expect(total(counts.deflated)).toBeLessThan(SIZE / 2);
    await place.clock.settle();
    expect(total(counts.deflated)).toBe(SIZE);
    expect(Math.max(...counts.deflated)).toBe(SLICE);
    expect(peer.received().map((frame) => frame.slice(0, 2))).toEqual([typeof message === "string" ? "c1" : "c2"]);
  });

  it("slices what is one byte longer than a slice, and nothing shorter", async () => {
    const { counts, engine } = countingEngine();
    const { place, socket } = await opened(() => engine);
    socket.send(noise(SLICE));
    expect(counts.deflated).toEqual([SLICE]);
    socket.send(noise(SLICE + 1));
    await place.clock.settle();
    expect(counts.deflated).toEqual([SLICE, SLICE, 1]);
  });

  it("takes turns for what waits behind it, too, a slice or the message that fills it up in each", async () => {
    const { place, peer, socket, counts } = await begun(noise(SIZE));
    for (let count = 0; count < 50; count++) socket.send(noise(10_000));
    for (let before = total(counts.deflated), turns = 0; before < SIZE + 500_000; turns++) {
      expect(turns).toBeLessThan(200);
      await place.clock.turn();
      const now = total(counts.deflated);
      expect(now - before).toBeLessThanOrEqual(SLICE + 10_000);
      before = now;
    }
    await place.clock.settle();
    expect(peer.received().map((frame) => frame.slice(0, 2))).toEqual(Array(51).fill("c2"));
    expect(socket.bufferedAmount).toBe(0);
  });

  it("close() between two slices sends the message, and then the Close frame", async () => {
    const { place, peer, socket, counts } = await begun(noise(SIZE));
    socket.close(1000);
    expect(socket.send("late")).toBe(false);
    await place.clock.settle();
    expect(total(counts.deflated)).toBe(SIZE);
    expect(peer.received().map((frame) => frame.slice(0, 7))).toEqual([expect.stringMatching(/^c2 /), "88 03e8"]);
  });

  it("terminate() between two slices compresses and sends nothing more, and gives the memory back", async () => {
    const { place, peer, socket, counts, budget } = await begun(noise(SIZE));
    const before = total(counts.deflated);
    socket.terminate();
    expect(budget.used).toBe(0);
    await place.clock.settle();
    expect(total(counts.deflated)).toBe(before);
    expect(peer.received()).toEqual([]);
    expect(socket.bufferedAmount).toBe(0);
    expect(budget.used).toBe(0);
  });
});

describe("a connection that has agreed to compression", () => {
  it("makes its contexts when a message first needs them, in each direction", async () => {
    const { counts, engine } = countingEngine();
    const { place, peer, socket } = await opened(() => engine);
    socket.ping("?");
    socket.send("plain", { compress: false });
    socket.send("");
    await peer.send("8900", "810161", "c100");
    expect([counts.deflaters, counts.inflaters]).toEqual([0, 0]);
    await peer.send("c107f248cdc9c90700");
    expect([counts.deflaters, counts.inflaters]).toEqual([0, 1]);
    socket.send("compressed");
    await place.clock.settle();
    expect([counts.deflaters, counts.inflaters]).toEqual([1, 1]);
  });
});

describe("Keepalive, giving the compressor back", () => {
  /** Two connections with budgets of their own, on which the client has a warm compressor. */
  async function warm() {
    const budget = new MemoryBudget(1 << 28);
    const place = world({ ...echo, compression: { budget: new MemoryBudget(1 << 28) } });
    const socket = await place.connect({ compression: { threshold: 100, budget } });
    const owed = budget.used;
    for (let count = 0; count < 3; count += 1) {
      socket.send("x".repeat(300));
      expect(await take(place.clock, socket)).toBe("x".repeat(300));
    }
    expect(budget.used).toBeGreaterThan(owed);
    return { ...place, socket, budget, owed };
  }

  it("RS-14: though plain messages go on", async () => {
    const { clock, socket, budget, owed } = await warm();
    for (let count = 0; count < 5; count += 1) {
      socket.send("beat");
      expect(await take(clock, socket)).toBe("beat");
      await clock.advance(5000);
    }
    expect(budget.used).toBe(owed);
  });

  it("RS-14: within a stream that pauses, which then goes on; and again after it", async () => {
    const { clock, socket, budget, owed } = await warm();
    const { stream, give, end } = source();
    const sent = socket.send(stream);
    for (let round = 0; round < 2; round += 1) {
      await clock.settle();
      give("y".repeat(500));
      await clock.settle();
      expect(budget.used).toBeGreaterThan(owed);
      await clock.advance(25_000);
      expect(budget.used).toBe(owed);
    }
    end();
    await clock.settle();
    await sent;
    expect(await take(clock, socket)).toBe("y".repeat(1000));
    for (let count = 0; count < 3; count += 1) {
      socket.send("x".repeat(300));
      expect(await take(clock, socket)).toBe("x".repeat(300));
    }
    expect(budget.used).toBeGreaterThan(owed);
    await clock.advance(25_000);
    expect(budget.used).toBe(owed);
  });
});
