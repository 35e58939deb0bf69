/** A connection whose turn is used up by what inflates: it reads on in later turns, as far as the application keeps up. */
import { describe, expect, it } from "vitest";
import type { CloseInfo, IncomingStream, Message, ServerOptions, WebSocketConnection } from "../../src/index.ts";
import { type World, world } from "../_world.ts";
import { type Counts, countingEngine } from "./_counting-engine.ts";
import { type RawPeer, rawPeer } from "./_raw-peer.ts";

const PMD = "permessage-deflate";
const SIZE = 1_000_000;
const COUNT = 20;
const CLOSE = [0x88, Uint8Array.of(0x03, 0xe8)] as const;

interface Flood {
  readonly place: World<undefined>;
  readonly peer: RawPeer;
  readonly socket: WebSocketConnection;
  readonly counts: Counts;
}

/** A server of these options that is sent 20 messages of 1 MB each in one chunk of 21 KB, and `after` right behind. */
async function flood(options: ServerOptions<undefined>, after?: (flood: Flood) => void): Promise<Flood> {
  const { counts, engine } = countingEngine();
  let socket: WebSocketConnection | undefined;
  const open = (opened: WebSocketConnection): void => {
    socket = opened;
  };
  const place = world<undefined>({ compression: true, ...options, open }, {}, () => engine);
  const peer = await rawPeer(place, PMD);
  const { deflateRawSync, constants } = await import("node:zlib");
  const zeros = deflateRawSync(new Uint8Array(SIZE), { level: 9, finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
  peer.write(...Array.from({ length: COUNT }, () => [0xc2, zeros] as const));
  const begun: Flood = { place, peer, socket: socket as unknown as WebSocketConnection, counts };
  after?.(begun);
  await place.clock.settle();
  return begun;
}

/** Handlers that take what they are given, but settle only when the test says so. */
function slow() {
  const sizes: number[] = [];
  const closed: CloseInfo[] = [];
  let settle: (() => void) | undefined;
  return {
    sizes,
    closed,
    message: (_socket: WebSocketConnection, message: Message): Promise<void> => {
      sizes.push(message.length);
      return new Promise((resolve) => {
        settle = resolve;
      });
    },
    close: (_socket: WebSocketConnection, info: CloseInfo): void => void closed.push(info),
    async next({ place }: Flood): Promise<void> {
      settle?.();
      await place.clock.settle();
    },
  };
}

describe("Engine, suspended by what inflates", () => {
  it("counts an end of stream as the window that it has to fill: few of them in a turn", async () => {
    for (const message of ["0300", "030000", "03000300030000"]) {
      let count = 0;
      const place = world<undefined>({ compression: true, message: () => void count++ });
      const peer = await rawPeer(place, PMD);
      // A window full of history first.
      peer.write(
        [0xc2, Buffer.from("f3cf0100", "hex")],
        ...Array.from({ length: 1000 }, () => [0xc2, Buffer.from(message, "hex")] as const),
      );
      let turns = 0;
      while (count < 1001 && turns < 4000) {
        const before = count;
        await place.clock.turn();
        turns += 1;
        expect(count - before).toBeLessThanOrEqual(18);
      }
      expect(count).toBe(1001);
    }
  });

  it("inflates no further than the receive water mark and one turn while a handler is pending", async () => {
    const handlers = slow();
    const run = await flood({ message: handlers.message });
    for (let count = 1; count <= COUNT; count += 1) {
      expect(handlers.sizes.length).toBe(count);
      // One with the handler, one waiting, and what the turn had begun.
      expect(run.counts.inflated).toBeLessThanOrEqual((count + 3) * SIZE);
      await handlers.next(run);
    }
    expect(handlers.sizes).toEqual(Array.from({ length: COUNT }, () => SIZE));
    expect(run.socket.state).toBe("open");
  });

  it("goes on in later turns without being asked where the handler is quick, whatever the water mark", async () => {
    for (const receiveHighWaterMark of [0, 65_536]) {
      let count = 0;
      await flood({ receiveHighWaterMark, message: () => void count++ });
      expect(count).toBe(COUNT);
    }
  });

  it("does not read on from the socket meanwhile: what comes would only wait", async () => {
    const paused: (boolean | undefined)[] = [];
    const pausedNow = (place: World<undefined>): void => void paused.push(place.sockets[0]?.other.paused);
    let count = 0;
    const { place } = await flood({ message: () => void count++ }, ({ place, counts }) => {
      place.clock.defer(() => {
        expect(counts.inflated).toBeLessThan(COUNT * SIZE);
        pausedNow(place);
      });
    });
    pausedNow(place);
    expect(paused).toEqual([true, false]);
    expect(count).toBe(COUNT);
  });

  it("counts what waits in a stream, and goes on as it is read", async () => {
    let stream: IncomingStream | undefined;
    let settle: (() => void) | undefined;
    const run = await flood({
      stream: (_socket, incoming) => {
        stream = incoming;
        return new Promise<void>((resolve) => {
          settle = resolve;
        });
      },
    });
    expect(run.counts.inflated).toBeLessThanOrEqual(SIZE);
    for (let count = 1; count <= COUNT; count += 1) {
      let size = 0;
      const reading = (async () => {
        for await (const chunk of stream as IncomingStream) size += chunk.length;
      })();
      await run.place.clock.settle();
      await reading;
      expect(size).toBe(SIZE);
      expect(run.counts.inflated).toBeLessThanOrEqual((count + 1) * SIZE);
      settle?.();
      await run.place.clock.settle();
    }
    expect(run.counts.inflated).toBe(COUNT * SIZE);
  });

  it("close() drops what waits and reads on to the peer's Close frame", async () => {
    const handlers = slow();
    const run = await flood({ message: handlers.message, close: handlers.close }, ({ peer }) => peer.write(CLOSE));
    run.socket.close(1000);
    await run.place.clock.settle();
    expect(run.socket.state).toBe("closed");
    expect(run.peer.received()).toEqual(["88 03e8"]);
    await handlers.next(run);
    expect(handlers.sizes).toEqual([SIZE]);
    expect(handlers.closed).toMatchObject([{ code: 1000, clean: true }]);
  });

  it("terminate() ends it at once: nothing is inflated any more", async () => {
    const handlers = slow();
    const run = await flood({ message: handlers.message, close: handlers.close });
    const before = run.counts.inflated;
    run.socket.terminate();
    while (handlers.closed.length === 0) await handlers.next(run);
    expect(run.counts.inflated).toBe(before);
    expect(handlers.sizes.length).toBeLessThan(5);
    expect(handlers.closed).toMatchObject([{ code: 1006, clean: false }]);
  });

  it.each(["end", "reset"] as const)("loses nothing that arrived before the peer's %s", async (how) => {
    const log: (number | string)[] = [];
    const run = await flood(
      {
        message: (_socket, message) => void log.push(message.length),
        close: (_socket, { code, error }) => void log.push(`${code} ${error?.message}`),
      },
      ({ place, peer, counts }) => {
        // When the chunk has been delivered, and only a part of it inflated.
        place.clock.defer(() => {
          expect(counts.inflated).toBeGreaterThan(0);
          expect(counts.inflated).toBeLessThan(COUNT * SIZE);
          peer[how]();
        });
      },
    );
    expect(run.socket.state).toBe("closed");
    expect(log.length).toBe(COUNT + 1);
    expect(log.at(-1)).toBe(how === "end" ? "1006 undefined" : "1006 connection reset");
  });

  it("waits for the handlers with the peer's FIN, but not with a reset", async () => {
    for (const how of ["end", "reset"] as const) {
      const handlers = slow();
      const run = await flood({ message: handlers.message, close: handlers.close });
      run.peer[how]();
      await run.place.clock.settle();
      expect(run.socket.state).toBe(how === "end" ? "open" : "closed");
      for (let turns = 0; turns <= COUNT; turns += 1) await handlers.next(run);
      expect(run.socket.state).toBe("closed");
      expect(handlers.closed.length).toBe(1);
      if (how === "end") expect(handlers.sizes.length).toBe(COUNT);
      else expect(handlers.sizes.length).toBeLessThan(5);
    }
  });
});
