/** What streams may cost that are no connection: not yet, or never. */
import { describe, expect, it, vi } from "vitest";
import { memoryPair } from "../src/testing/index.ts";
import { head, raw, UPGRADE } from "./_requests.ts";
import { world } from "./_world.ts";

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

  it("cuts off who has lingered longest where more have an answer than may linger", async () => {
    const place = world({ maxConnections: 2 });
    const streams = [];
    for (let count = 0; count < 70; count++) {
      const stream = raw(place);
      stream.socket.write(Buffer.from("nonsense\r\n"));
      await place.clock.settle();
      streams.push(stream);
    }
    expect(streams.every(({ answer }) => answer.text.startsWith("HTTP/1.1 400 "))).toBe(true);
    expect(streams.map(({ socket }) => socket.other.closed)).toEqual(streams.map((_, index) => index < 6));
  });

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
