import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { replay, session } from "../_replay.ts";
import { concat, frame } from "./_frames.ts";

describe("PayloadBlock gives payloads that are the receiver's own", () => {
  it("FR-21 which never change, and touches no byte outside the chunk's view", () => {
    for (const [size, lent] of [1, 40, 900, 1100, 5000, 40_000].flatMap((size) => [
      [size, false] as const,
      [size, true] as const,
    ])) {
      const room = new Uint8Array(200_000).fill(0xee);
      const run = session("server");
      const bytes = concat(frame(0x82, new Uint8Array(size).fill(1)), frame(0x82, new Uint8Array(size).fill(2)));
      room.set(bytes, 333);
      run.protocol.receive(room.subarray(333, 333 + bytes.length), lent ? Infinity : room.length);
      expect(room.subarray(0, 333).every((octet) => octet === 0xee)).toBe(true);
      expect(room.subarray(333 + bytes.length).every((octet) => octet === 0xee)).toBe(true);
      if (lent) room.fill(0xcc);
      const [first, second] = run.messages as Uint8Array[];
      expect(first?.every((octet) => octet === 1)).toBe(true);
      expect(second?.every((octet) => octet === 2)).toBe(true);
      expect([first?.length, second?.length]).toEqual([size, size]);
    }
  });
  it("chunk by chunk too, where several short texts and binaries share a lent chunk", () => {
    const text = (content: string): Uint8Array => {
      const payload = Buffer.from(content).map((octet, i) => octet ^ [1, 2, 3, 4][i % 4]);
      return Uint8Array.from([0x81, 0x80 | payload.length, 1, 2, 3, 4, ...payload]);
    };
    const parts = ["first", "second €", "", "third"].map(text);
    const binary = Uint8Array.from([0x82, 0x82, 1, 2, 3, 4, 0xfe, 0xfd]);
    const shown = (content: string): string[] =>
      ["stream text", content === "" ? "" : `chunks ${Buffer.from(content).toString("hex")}`, "stream end"].filter(
        Boolean,
      );
    replay(
      "server",
      concat(...parts, binary, text("last")),
      [
        ...["first", "second €", "", "third"].flatMap(shown),
        ...["stream binary", "chunks ffff", "stream end"],
        ...shown("last"),
      ],
      undefined,
      { streaming: true },
    );
  });
  it("and plain Uint8Arrays, whatever the chunk is", () => {
    const run = session("server");
    run.protocol.receive(Buffer.from(frame(0x82, new Uint8Array(10))));
    expect(Object.getPrototypeOf(run.messages[0])).toBe(Uint8Array.prototype);
  });
  it("a small payload does not pin a large chunk", () => {
    const run = session("server");
    const frames = Array.from({ length: 500 }, () => frame(0x82, new Uint8Array(100)));
    run.protocol.receive(concat(...frames));
    for (const message of run.messages as Uint8Array[]) expect(message.buffer.byteLength).toBeLessThanOrEqual(4096);
  });
  it("a connection holds nothing of what it has delivered", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const run = session("server");
    run.protocol.receive(concat(frame(0x82, new Uint8Array(100)), frame(0x82, new Uint8Array(100))), Infinity);
    const memory = new WeakRef((run.messages[0] as Uint8Array).buffer);
    run.messages.length = 0;
    // A WeakRef holds what it was asked for until the turn has ended.
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    expect(memory.deref()).toBe(undefined);
    expect(run.protocol.state).toBe("open");
  });
  it("nor is one cut off where it ends with the block that small ones share, or beyond it", () => {
    // The block begins with the first payload: 38 of 100 bytes and their headers leave 68 of its 4096.
    for (const length of [67, 68, 69, 70, 200]) {
      const run = session("server");
      const sizes = [...Array(38).fill(100), length, 100];
      const frames = sizes.map((size, i) => frame(0x82, new Uint8Array(size).fill(i + 1)));
      run.protocol.receive(concat(...frames), Number.POSITIVE_INFINITY);
      expect(run.messages).toEqual(sizes.map((size, i) => new Uint8Array(size).fill(i + 1)));
    }
  });
  it("nor a large one memory of more than eight times its size", () => {
    const room = new Uint8Array(80_000);
    const run = session("server");
    for (const size of [10_000, 9_999]) {
      const bytes = frame(0x82, new Uint8Array(size));
      room.set(bytes);
      run.protocol.receive(room.subarray(0, bytes.length), room.length);
    }
    expect((run.messages as Uint8Array[]).map(({ buffer }) => buffer.byteLength)).toEqual([80_000, 9_999]);
  });
  it("one small payload a lent chunk shares a block of its connection with the next ones, from the second on", () => {
    const runs = [session("server"), session("server")];
    for (let round = 0; round < 100; round++) {
      for (const [which, run] of runs.entries()) {
        const chunk = frame(0x82, new Uint8Array(100).fill(round + 100 * which));
        run.protocol.receive(chunk, Infinity);
        chunk.fill(0xcc);
      }
    }
    const buffers = runs.map(({ messages }, which) => {
      const payloads = messages as Uint8Array[];
      expect(payloads.map((payload) => new Set(payload))).toEqual(
        payloads.map((_, round) => new Set([round + 100 * which])),
      );
      expect(payloads[0]?.buffer.byteLength).toBe(100);
      for (const { buffer } of payloads.slice(1)) expect(buffer.byteLength).toBe(2048);
      return new Set(payloads.map(({ buffer }) => buffer));
    });
    // Twenty to a block; and no block is two connections'.
    expect(buffers.map(({ size }) => size)).toEqual([6, 6]);
    for (const buffer of buffers[0] ?? []) expect(buffers[1]?.has(buffer)).toBe(false);
  });
  it("a connection that has fallen silent, while many others received, holds no block", () => {
    const receive = (run: ReturnType<typeof session>): number => {
      run.protocol.receive(frame(0x82, new Uint8Array(10)), Infinity);
      return (run.messages.at(-1) as Uint8Array).buffer.byteLength;
    };
    const run = session("server");
    expect([receive(run), receive(run), receive(run)]).toEqual([10, 2048, 2048]);
    for (let other = 0; other < 1024; other++) receive(session("server"));
    expect([receive(run), receive(run)]).toEqual([10, 2048]);
  });
});
