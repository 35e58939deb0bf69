import { describe, expect, it, vi } from "vitest";
import { Channel } from "../src/channel.ts";
import { Deadlines } from "../src/lifecycle/deadlines.ts";
import { TurnQueue } from "../src/sending/turn-queue.ts";
import { FakeClock, memoryPair } from "../src/testing/index.ts";
import { head, raw, UPGRADE } from "./_requests.ts";
import { world } from "./_world.ts";

const FRAMES = "\x82\x80\0\0\0\0".repeat(20_000);

/** A server that has got a large chunk of small messages; every 20,000th takes so many milliseconds. */
async function flooded(milliseconds: number, message: () => unknown = () => {}) {
  let messages = 0;
  const place = world(
    {
      message: () => {
        if (messages++ % 20_000 === 0) void place.clock.jump(milliseconds);
        return message();
      },
    },
    { capacity: 1024 * 1024 },
  );
  const { socket } = raw(place);
  socket.write(Buffer.from(head("GET / HTTP/1.1", UPGRADE), "latin1"));
  await place.clock.settle();
  const pause = vi.spyOn(socket.other, "pause");
  const resume = vi.spyOn(socket.other, "resume");
  socket.write(Buffer.from(FRAMES, "latin1"));
  return { place, socket, pause, resume, count: () => messages };
}

describe("a large chunk", () => {
  it("that took long gives the others their turn before more is read", async () => {
    const { place, socket, pause, resume, count } = await flooded(10);
    await place.clock.turn();
    expect(count()).toBe(20_000);
    expect(pause).toHaveBeenCalledOnce();
    expect(resume).not.toHaveBeenCalled();
    socket.write(Buffer.from(FRAMES, "latin1"));
    await place.clock.settle();
    // The second took as long.
    expect(resume).toHaveBeenCalledTimes(2);
    expect(count()).toBe(40_000);
  });

  it("that did not take long is followed by the next", async () => {
    const { place, pause, count } = await flooded(1);
    await place.clock.settle();
    expect(count()).toBe(20_000);
    expect(pause).not.toHaveBeenCalled();
  });

  it("counts with the large ones before it, until there is a small one", async () => {
    const { place, socket, pause } = await flooded(1);
    await place.clock.settle();
    socket.write(Buffer.from(FRAMES.slice(0, 6), "latin1"));
    await place.clock.settle();
    socket.write(Buffer.from(FRAMES, "latin1"));
    await place.clock.settle();
    expect(pause).not.toHaveBeenCalled();
    socket.write(Buffer.from(FRAMES, "latin1"));
    await place.clock.settle();
    expect(pause).toHaveBeenCalledOnce();
    socket.write(Buffer.from(FRAMES, "latin1"));
    await place.clock.settle();
    expect(pause).toHaveBeenCalledOnce();
  });

  it("does not count with those before it where something of another connection came between", async () => {
    const { place, socket, pause } = await flooded(1);
    const other = raw(place).socket;
    const pauseOther = vi.spyOn(other.other, "pause");
    other.write(Buffer.from(head("GET / HTTP/1.1", UPGRADE), "latin1"));
    await place.clock.settle();
    for (let count = 0; count < 4; count++) {
      for (const one of [socket, other]) {
        one.write(Buffer.from(FRAMES, "latin1"));
        await place.clock.settle();
      }
    }
    expect(pause).not.toHaveBeenCalled();
    expect(pauseOther).not.toHaveBeenCalled();
  });

  it("whose messages wait is not followed by more when the turn of the others is over", async () => {
    const { place, socket, resume, count } = await flooded(10, () => new Promise(() => {}));
    await place.clock.settle();
    expect(count()).toBe(1);
    expect(resume).not.toHaveBeenCalled();
    expect(socket.other.paused).toBe(true);
  });

  it("is no reason to read on for a connection that has ended meanwhile", async () => {
    const { place, socket, resume } = await flooded(10, () => socket.reset());
    await place.clock.settle();
    expect(resume).not.toHaveBeenCalled();
    expect(place.core.connectionCount).toBe(0);
  });

  it("of what is only discarded at the end is followed by the rest, though reading had paused before", async () => {
    const clock = new FakeClock();
    const [client, server] = memoryPair(clock, { capacity: 1024 * 1024 });
    client.handler = { onBytes: () => {}, onWritable: () => {}, onEnd: () => {}, onClose: () => {} };
    // A process that is held up within each chunk.
    let now = 0;
    vi.spyOn(clock, "now").mockImplementation(() => {
      now += 10;
      return now;
    });
    const channel = new Channel(server, new TurnQueue(clock));
    server.handler = channel;
    channel.pause();
    channel.linger(new Deadlines(clock), 10_000, 1024 * 1024);
    client.write(new Uint8Array(100_000));
    await clock.settle();
    expect(server.paused).toBe(false);
  });
});
