import { describe, expect, it } from "vitest";
import { LENT, type Socket } from "../src/index.ts";
import { Transmitter } from "../src/sending/transmitter.ts";
import { TurnQueue } from "../src/sending/turn-queue.ts";
import { FakeClock } from "../src/testing/index.ts";

/** A socket that answers each write as it is told: with a count, or LENT; everything is taken unless it is told. */
class ScriptedSocket implements Socket {
  readonly writes: Uint8Array[] = [];
  answers: number[] = [];
  borrows = true;
  #taken: Uint8Array[] = [];

  /** All bytes that were taken. */
  get written(): Buffer {
    return Buffer.concat(this.#taken);
  }

  write(bytes: Uint8Array): number {
    const answer = Math.min(this.answers.shift() ?? bytes.length, bytes.length);
    this.writes.push(bytes);
    this.#taken.push(bytes.slice(0, answer === LENT ? bytes.length : answer));
    return answer;
  }

  end(): void {}
  destroy(): void {}
  pause(): void {}
  resume(): void {}
  peer(): { secure: boolean } {
    return { secure: false };
  }
}

function transmitter(): { socket: ScriptedSocket; out: Transmitter; clock: FakeClock } {
  const clock = new FakeClock();
  const socket = new ScriptedSocket();
  return { socket, out: new Transmitter(socket, new TurnQueue(clock)), clock };
}

/** Encodes as the frame encoder does: a header of two octets, and the payload behind it or attached. */
function frame(out: Transmitter, payload: Uint8Array): void {
  const apart = payload.length > out.copyLimit;
  out.reserve(apart ? 2 : 2 + payload.length);
  out.buffer.set([0xaa, 0xbb], out.length);
  out.length += 2;
  if (apart) {
    out.attach(payload);
  } else {
    out.buffer.set(payload, out.length);
    out.length += payload.length;
  }
}

const CYCLE = Uint8Array.from({ length: 512 }, (_, i) => i);

/** So many octets that count up from `first`. */
function numbered(length: number, first: number): Uint8Array {
  const from = first & 0xff;
  return new Uint8Array(Buffer.alloc(length, CYCLE.subarray(from, from + 256)));
}

/** What the frames of these payloads are on the wire. */
function expected(...payloads: Uint8Array[]): Buffer {
  return Buffer.concat(payloads.flatMap((payload) => [Buffer.of(0xaa, 0xbb), payload]));
}

describe("Transmitter", () => {
  it("lets eight replies of 64 KiB leave in as few writes as its largest buffer allows, none a header alone", () => {
    for (const [borrows, writes] of [
      [true, 2],
      [false, 1],
    ] as const) {
      const { socket, out } = transmitter();
      socket.borrows = borrows;
      const payloads = Array.from({ length: 8 }, (_, i) => numbered(65_536, i));
      out.corked = true;
      for (const payload of payloads) frame(out, payload);
      out.uncork();
      expect(socket.writes.length).toBe(writes);
      for (const write of socket.writes) expect(write.length).toBeGreaterThan(1000);
      expect(socket.written.equals(expected(...payloads))).toBe(true);
    }
  });

  it("sends the header of a huge payload with its beginning, and the rest from where it is", () => {
    for (const corked of [true, false]) {
      const { socket, out } = transmitter();
      const payload = numbered(1_000_000, 3);
      out.corked = corked;
      frame(out, payload);
      out.uncork();
      for (const write of socket.writes.slice(1)) expect(write.buffer).toBe(payload.buffer);
      // No loan is so large that a slow peer would be taken for a dead one before it has been sent.
      expect(socket.writes.map(({ length }) => length)).toEqual([expect.any(Number), 524_288, expect.any(Number)]);
      expect(socket.written.equals(expected(payload))).toBe(true);
    }
  });

  it("gathers what waited into one write when the socket takes bytes again", () => {
    for (const answer of [LENT, 0, 3]) {
      const { socket, out } = transmitter();
      const payloads = [5, 20_000, 9, 30_000, 1].map((length, i) => numbered(length, i));
      socket.answers = [answer];
      out.corked = true;
      frame(out, numbered(7, 50));
      out.uncork();
      expect(out.blocked).toBe(true);
      for (const payload of payloads) frame(out, payload);
      expect(socket.writes.length).toBe(1);
      out.onWritable();
      expect(out.blocked).toBe(false);
      expect(socket.writes.length).toBe(2);
      expect(out.bufferedAmount).toBe(0);
      expect(socket.written.equals(expected(numbered(7, 50), ...payloads))).toBe(true);
    }
  });

  it("keeps order and content however the socket answers", () => {
    const { socket, out } = transmitter();
    const payloads: Uint8Array[] = [];
    const all = Number.MAX_SAFE_INTEGER;
    for (let round = 0; round < 210; round++) {
      const length = [1, 130, 5000, 17_000, 70_000, 140_000, 300_000][round % 7] as number;
      const payload = numbered(length, round);
      payloads.push(payload);
      socket.answers = [[LENT], [all], [1], [4000, 0], [all, 70_000], [all, LENT]][round % 6] as number[];
      out.corked = round % 5 < 3;
      frame(out, payload);
      if (round % 2 === 0) out.uncork();
      if (out.blocked && round % 4 === 3) out.onWritable();
    }
    socket.answers = [];
    out.uncork();
    while (out.blocked) out.onWritable();
    expect(socket.written.equals(expected(...payloads))).toBe(true);
  });

  it("sends a prepared message at once, and what follows in the same macrotask together", async () => {
    const { socket, out, clock } = transmitter();
    for (let i = 0; i < 4; i++) {
      out.appendNow(Uint8Array.of(i));
      out.flushSoon();
    }
    expect(socket.writes.length).toBe(1);
    await clock.settle();
    expect([...socket.written]).toEqual([0, 1, 2, 3]);
    expect(socket.writes.length).toBe(2);
    out.appendNow(Uint8Array.of(4));
    expect(socket.writes.length).toBe(3);
  });

  it("does not let a prepared message overtake what waits, nor the turn that it is sent in", () => {
    const { socket, out } = transmitter();
    socket.answers = [LENT];
    out.appendNow(Uint8Array.of(1));
    out.appendNow(Uint8Array.of(2));
    expect([...socket.written]).toEqual([1]);
    expect(out.bufferedAmount).toBe(2);
    out.onWritable();
    expect([...socket.written]).toEqual([1, 2]);
    out.corked = true;
    frame(out, Uint8Array.of(3));
    out.appendNow(Uint8Array.of(4));
    expect(socket.writes.length).toBe(2);
    out.uncork();
    expect([...socket.written]).toEqual([1, 2, 0xaa, 0xbb, 3, 4]);
  });

  it("holds at most four times what it lends", () => {
    for (const length of [3, 1100, 5000, 17_000, 66_000]) {
      const { socket, out } = transmitter();
      socket.answers = [LENT];
      out.corked = true;
      frame(out, numbered(length, 1));
      out.uncork();
      // Beside the 128 bytes that are left free at its start.
      expect(socket.writes[0]?.buffer.byteLength).toBeLessThanOrEqual(128 + Math.max(4096, (length + 2) * 4));
    }
  });

  it("keeps no reference to what is small: a million of them must not cost more than their bytes", () => {
    const { socket, out } = transmitter();
    socket.answers = [0];
    out.append(numbered(100, 0));
    out.flush();
    for (const size of [1, 100, 256, 257]) {
      const bytes = numbered(size, 7);
      out.append(bytes);
      // What is kept by reference would change.
      bytes.fill(0);
    }
    out.onWritable();
    const kept = Buffer.concat([numbered(100, 0), numbered(1, 7), numbered(100, 7), numbered(256, 7)]);
    expect(socket.written.equals(Buffer.concat([kept, new Uint8Array(257)]))).toBe(true);
  });

  it("lends nobody else the buffer that its socket still sends from", () => {
    for (const waited of [false, true]) {
      const { socket, out } = transmitter();
      out.corked = true;
      frame(out, numbered(1000, 1));
      socket.answers = waited ? [0, LENT] : [LENT];
      out.uncork();
      if (waited) {
        frame(out, numbered(100, 2));
        out.onWritable();
      }
      const lent = socket.writes.at(-1) as Uint8Array;
      const before = lent.slice();
      // The next connection's turn, with as much to send.
      const { out: other } = transmitter();
      other.corked = true;
      frame(other, numbered(2000, 3));
      expect(lent).toEqual(before);
      // What is being sent counts until it has been taken; then others may have its buffer.
      expect(out.bufferedAmount).toBe(before.length);
      out.onWritable();
      expect(out.bufferedAmount).toBe(0);
      const { out: third } = transmitter();
      third.corked = true;
      frame(third, numbered(1000, 4));
      expect(third.buffer.buffer).toBe(lent.buffer);
    }
  });

  it("drops what is encoded after the end", () => {
    const { socket, out } = transmitter();
    out.close();
    frame(out, numbered(10, 0));
    out.flushSoon();
    out.flush();
    expect(out.bufferedAmount).toBe(0);
    expect(socket.writes).toEqual([]);
  });
});
