/** What streams may cost that are no connection: not yet, or never. */
import { describe, expect, it, vi } from "vitest";
import { MemoryBudget, type OpeningRequest, type Refusal, refuse } from "../src/index.ts";
import { memoryPair } from "../src/testing/index.ts";
import { ask, head, raw, UPGRADE } from "./_requests.ts";
import { world } from "./_world.ts";

describe("ServerOpening", () => {
  it("SH-20 SH-21 takes a head within the bounds of its options", async () => {
    const request = head("GET / HTTP/1.1", UPGRADE);
    const status = async (options: object) => (await ask(options, request)).text.slice(9, 12);
    expect(await status({ maxHeaders: 5, maxHeadSize: request.length })).toBe("101");
    expect(await status({ maxHeaders: 4 })).toBe("431");
    expect(await status({ maxHeadSize: request.length - 1 })).toBe("431");
  });

  it("waits for ever where there is no handshakeTimeout", async () => {
    const place = world({ handshakeTimeout: 0 });
    const { answer } = raw(place);
    await place.clock.advance(86_400_000);
    expect([answer, place.core.environment.deadlines.size]).toEqual([{ text: "", ended: false, closed: false }, 0]);
  });

  it("aborts the signal of who decides too long, also where it is asked for afterwards", async () => {
    const requests: OpeningRequest[] = [];
    const upgrade = (request: OpeningRequest) => {
      requests.push(request);
      return new Promise<never>(() => {});
    };
    const place = world({ upgrade, handshakeTimeout: 1000 });
    for (let count = 0; count < 2; count++) raw(place).socket.write(Buffer.from(head("GET / HTTP/1.1", UPGRADE)));
    await place.clock.settle();
    const early = requests[0]?.signal;
    expect(early?.aborted).toBe(false);
    await place.clock.advance(1000);
    expect([early?.aborted, requests[1]?.signal.aborted]).toEqual([true, true]);
  });

  it("still refuses who has sent FIN while upgrade decided: it may read the answer", async () => {
    let decide: ((value: Refusal) => void) | undefined;
    const place = world({ upgrade: () => new Promise<Refusal>((resolve) => (decide = resolve)) });
    const { socket, answer } = raw(place);
    socket.write(Buffer.from(head("GET / HTTP/1.1", UPGRADE)));
    socket.end();
    await place.clock.settle();
    expect(answer).toEqual({ text: "", ended: false, closed: false });
    decide?.(refuse(401));
    await place.clock.settle();
    expect(answer.text).toMatch(/^HTTP\/1\.1 401 /);
    expect(answer.ended).toBe(true);
  });

  it("SH-39 does not ask upgrade about who has begun a request when the server drains", async () => {
    const upgrade = vi.fn();
    const place = world({ upgrade });
    const begun = raw(place);
    const silent = raw(place);
    begun.socket.write(Buffer.from("GET / HT"));
    await place.clock.settle();
    void place.core.drain();
    await place.clock.settle();
    expect([begun.socket.other.closed, silent.socket.other.closed]).toEqual([false, true]);
    begun.socket.write(Buffer.from(head("TP/1.1", UPGRADE)));
    await place.clock.settle();
    expect(begun.answer.text).toMatch(/^HTTP\/1\.1 503 /);
    expect(upgrade).not.toHaveBeenCalled();
  });

  it("tells no error of upgrade once the peer has left", async () => {
    const openingError = vi.fn();
    const upgrade = ({ signal }: OpeningRequest) =>
      new Promise<never>((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const place = world({ upgrade, openingError });
    const { socket } = raw(place);
    socket.write(Buffer.from(head("GET / HTTP/1.1", UPGRADE)));
    await place.clock.settle();
    socket.reset();
    await place.clock.settle();
    expect(openingError).not.toHaveBeenCalled();
  });

  it("waits closeTimeout for who takes no refusal", async () => {
    const place = world({ closeTimeout: 3000 }, { capacity: 10 });
    const { socket } = raw(place);
    socket.pause();
    socket.other.handler?.onBytes(Buffer.from("nonsense\r\n"), Infinity);
    await place.clock.advance(2999);
    expect(socket.other.closed).toBe(false);
    await place.clock.advance(1);
    expect(socket.other.closed).toBe(true);
  });

  it("lingers 2 s from when its last bytes are taken on, which may be never where there is no closeTimeout", async () => {
    const place = world({ closeTimeout: 0 }, { capacity: 100 });
    const { socket, answer } = raw(place);
    socket.pause();
    socket.other.handler?.onBytes(Buffer.from("nonsense\r\n"), Infinity);
    await place.clock.advance(86_400_000);
    expect(socket.other.closed).toBe(false);
    socket.resume();
    await place.clock.settle();
    expect(answer.ended).toBe(true);
    await place.clock.advance(1999);
    expect(socket.other.closed).toBe(false);
    await place.clock.advance(1);
    expect(socket.other.closed).toBe(true);
  });

  it("gives back the extension of a handshake that cannot be answered", async () => {
    const budget = new MemoryBudget(1 << 20);
    const upgrade = () => ({ subprotocol: "never-offered" });
    const headers = { ...UPGRADE, "sec-websocket-extensions": "permessage-deflate" };
    const answer = await ask({ upgrade, compression: { budget } }, head("GET / HTTP/1.1", headers));
    expect([answer.text.slice(9, 12), budget.used]).toEqual(["500", 0]);
  });

  it("accepts in the same write as what open sends", async () => {
    const place = world({ open: (socket) => void socket.send("hi") });
    const { socket, answer } = raw(place);
    socket.write(Buffer.from(head("GET / HTTP/1.1", UPGRADE)));
    await place.clock.settle();
    expect(answer.text).toMatch(/^HTTP\/1\.1 101 /);
    expect(answer.text.endsWith("\r\n\r\n\x81\x02hi")).toBe(true);
    expect(socket.other.writes).toHaveLength(1);
  });

  it("reads 64 KiB of what comes while upgrade decides, and no more", async () => {
    const place = world({ upgrade: () => new Promise<never>(() => {}) });
    const { socket } = raw(place);
    socket.write(Buffer.from(head("GET / HTTP/1.1", UPGRADE)));
    await place.clock.settle();
    socket.other.handler?.onBytes(new Uint8Array(65_536), 65_536);
    expect(socket.other.paused).toBe(false);
    socket.other.handler?.onBytes(new Uint8Array(1), 1);
    expect(socket.other.paused).toBe(true);
  });
});

describe("ServerCore", () => {
  it("counts no stream that lingers as a connection, and lets none pile up", async () => {
    const place = world({ maxConnections: 2, message: () => {} });
    const sockets = [await place.connect(), await place.connect()];
    const refused = Array.from({ length: 100 }, () => raw(place));
    await place.clock.settle();
    const answers = refused.filter(({ answer }) => answer.text.startsWith("HTTP/1.1 503 "));
    expect(answers.length).toBe(64);
    expect(refused.filter(({ socket }) => !socket.other.closed).length).toBe(64);
    for (const socket of sockets) void socket.close();
    await place.clock.settle();
    expect((await place.connect()).state).toBe("open");
    expect((await place.connect()).state).toBe("open");
    await expect(place.connect()).rejects.toMatchObject({ response: { status: 503 } });
    await place.clock.advance(2000);
    expect(place.sockets.filter(({ other }) => !other.closed).length).toBe(2);
  });

  it("counts no stream that was closed at once, however long its socket takes to close", async () => {
    const { clock, connect, core, stream } = world({ maxConnections: 1, message: () => {} });
    const socket = await connect();
    for (let count = 0; count < 64; count++) stream();
    const destroy = vi.fn();
    for (let count = 0; count < 3; count++) core.accept(Object.assign(memoryPair(clock)[0], { destroy }));
    expect(destroy).toHaveBeenCalledTimes(3);
    void socket.close();
    await clock.settle();
    expect((await connect()).state).toBe("open");
  });

  it("drains no sooner than the streams are gone that linger, or were cut off", async () => {
    for (const cutOff of [false, true]) {
      const { clock, core } = world(cutOff ? { maxConnections: 0 } : {});
      // Whose sockets never close by themselves.
      const handlers = Array.from({ length: cutOff ? 65 : 1 }, () =>
        core.accept(Object.assign(memoryPair(clock)[0], { destroy: () => {} })),
      );
      for (const handler of handlers) handler.onBytes(Buffer.from("nonsense\r\n"), Infinity);
      const last = handlers.pop();
      for (const handler of handlers) handler.onClose();
      const drained = core.drain({ deadline: 5000 });
      await clock.advance(4000);
      expect(await Promise.race([drained, "waiting"])).toBe("waiting");
      last?.onClose();
      await clock.settle();
      expect(await Promise.race([drained, "waiting"])).toEqual({ closed: 0, terminated: 0 });
    }
  });

  it("takes a maxConnections of 0 at its word", async () => {
    await expect(world({ maxConnections: 0 }).connect()).rejects.toMatchObject({ response: { status: 503 } });
  });

  it("cuts off one after another, however long their sockets take to close", () => {
    const { clock, core } = world({ maxConnections: 2 });
    const destroyed: number[] = [];
    for (let count = 0; count < 67; count++) {
      const destroy = (): void => void destroyed.push(count);
      core.accept(Object.assign(memoryPair(clock)[0], { destroy })).onBytes(Buffer.from("nonsense\r\n"), Infinity);
    }
    expect(destroyed).toEqual([0, 1, 2]);
  });

  it.each([
    [2, 64],
    [66, 66],
  ])(
    "cuts off who has lingered longest where more have an answer than may linger: of %i, %i",
    async (maxConnections, most) => {
      const place = world({ maxConnections });
      const streams = [];
      for (let count = 0; count < 70; count++) {
        const stream = raw(place);
        stream.socket.write(Buffer.from("nonsense\r\n"));
        await place.clock.settle();
        streams.push(stream);
      }
      expect(streams.every(({ answer }) => answer.text.startsWith("HTTP/1.1 400 "))).toBe(true);
      expect(streams.map(({ socket }) => socket.other.closed)).toEqual(streams.map((_, index) => index < 70 - most));
      // Nothing is left that a drain would wait for.
      await place.clock.advance(2000);
      const drained = place.core.drain();
      await place.clock.settle();
      expect(await Promise.race([drained, "waiting"])).toEqual({ closed: 0, terminated: 0 });
    },
  );

  it("waits no second deadline for who takes not even the answer that its time is up", async () => {
    for (const closeTimeout of [0, 10_000]) {
      const place = world({ handshakeTimeout: 1000, closeTimeout }, { capacity: 10 });
      const { socket } = raw(place);
      socket.pause();
      await place.clock.advance(2900);
      expect(socket.other.closed).toBe(false);
      await place.clock.advance(200);
      expect(socket.other.closed).toBe(true);
    }
  });

  it("stops reading what comes while upgrade decides once it is much, and reads on then, of which nothing is lost", async () => {
    let decide: ((value: undefined) => void) | undefined;
    const lengths: number[] = [];
    const upgrade = () => new Promise<undefined>((resolve) => (decide = resolve));
    const message = (_socket: unknown, { length }: { length: number }): void => void lengths.push(length);
    const place = world({ upgrade, message }, { capacity: 1024 * 1024, chunkSize: 20_000 });
    const { socket } = raw(place);
    const frame = `\x82\xfe\x40\0\0\0\0\0${"x".repeat(16_384)}`;
    socket.write(Buffer.from(head("GET / HTTP/1.1", UPGRADE) + frame.repeat(10), "latin1"));
    await place.clock.settle();
    expect(socket.other.paused).toBe(true);
    decide?.(undefined);
    await place.clock.settle();
    expect(lengths).toEqual(Array(10).fill(16_384));
  });

  it("copies each byte that comes while upgrade decides a bounded number of times, whatever the chunks", async () => {
    let decide: ((value: undefined) => void) | undefined;
    const message = vi.fn();
    const upgrade = () => new Promise<undefined>((resolve) => (decide = resolve));
    const place = world({ upgrade, message });
    const { socket } = raw(place);
    socket.write(Buffer.from(head("GET / HTTP/1.1", UPGRADE)));
    await place.clock.settle();
    const frame = Buffer.from(`\x82\xfe\x40\0\0\0\0\0${"x".repeat(16_384)}`, "latin1");
    const copies = vi.spyOn(Uint8Array.prototype, "set");
    for (const octet of frame) socket.other.handler?.onBytes(Uint8Array.of(octet), 1);
    const copied = copies.mock.calls.reduce((sum, [bytes]) => sum + bytes.length, 0);
    copies.mockRestore();
    expect(copied).toBeLessThan(frame.length * 4);
    decide?.(undefined);
    await place.clock.settle();
    expect(message.mock.calls[0]?.[1]).toEqual(new Uint8Array(16_384).fill(0x78));
  });
});
