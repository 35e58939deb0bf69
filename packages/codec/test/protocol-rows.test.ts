import { describe, expect, it } from "vitest";
import { OutputBuffer, Protocol, type ProtocolHandler } from "../src/index.ts";
import { feed, hex, replay, session } from "./_replay.ts";

/** Frames with headers of every size (RFC 6455 section 5.2), and what is delivered of each. */
const HEADERS: readonly (readonly [role: "server" | "client", size: number, frame: string, event: string])[] = [
  ["client", 2, "81 02 6869", 'message "hi"'],
  ["client", 4, `82 7e 0080 ${"61".repeat(128)}`, `message 128 bytes ${"61".repeat(16)}…`],
  ["client", 10, `82 7f 0000000000010000 ${"61".repeat(65_536)}`, `message 65536 bytes ${"61".repeat(16)}…`],
  ["server", 6, "81 82 01020304 696b", 'message "hi"'],
  ["server", 8, `82 fe 0080 01020304 ${"60636265".repeat(32)}`, `message 128 bytes ${"61".repeat(16)}…`],
  [
    "server",
    14,
    `82 ff 0000000000010000 01020304 ${"60636265".repeat(16_384)}`,
    `message 65536 bytes ${"61".repeat(16)}…`,
  ],
];

describe("Protocol reads headers", () => {
  for (const [role, size, frame, event] of HEADERS) {
    it(`FR-18 of ${size} bytes, cut between any two of them, also within the key (5.2)`, () => {
      const bytes = hex(frame);
      for (let first = 0; first <= size; first++) {
        for (let second = first; second <= size; second++) {
          const run = session(role);
          feed(run, [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)]);
          expect(run.events, `cut at ${first} and ${second}`).toEqual([event]);
        }
      }
    });
  }
});

describe("Protocol reads frames", () => {
  it("FR-20 two and a half to a chunk, from every offset (5.2)", () => {
    const frame = hex("81 85 37fa213d 7f9f4d5158");
    const count = 40;
    const bytes = new Uint8Array(frame.length * count);
    for (let i = 0; i < count; i++) bytes.set(frame, i * frame.length);
    const step = Math.floor(frame.length * 2.5);
    for (let offset = 0; offset < step; offset++) {
      const pieces = [bytes.subarray(0, offset)];
      for (let at = offset; at < bytes.length; at += step) pieces.push(bytes.subarray(at, at + step));
      const run = session("server");
      feed(run, pieces);
      expect(run.events, `from ${offset}`).toEqual(Array(count).fill('message "Hello"'));
    }
  });

  for (const [name, frame] of [
    ["Pings", "89 80 00000000"],
    ["messages", "81 81 00000000 61"],
  ] as const) {
    it(`FR-22 a million ${name} in one chunk, without growing the stack (5.2)`, () => {
      const one = hex(frame);
      const bytes = new Uint8Array(one.length * 1_000_000);
      bytes.set(one);
      // Doubled: a loop over a million is slower than what it tests.
      for (let done = one.length; done < bytes.length; done *= 2) bytes.copyWithin(done, 0, done);
      let count = 0;
      const counts = (): void => {
        count++;
      };
      const handler = { onMessage: counts, onPing: counts } as unknown as ProtocolHandler;
      const protocol = new Protocol({ role: "server", outlet: new OutputBuffer(), autoPong: false }, handler);
      protocol.receive(bytes);
      expect(count).toBe(1_000_000);
    });
  }

  it("FR-25 keeps a message's type, also of an empty one (5.6)", () => {
    const bytes = hex("82 82 00000000 6869 81 82 00000000 6869 82 80 00000000 81 80 00000000");
    replay("server", bytes, ["message 6869", 'message "hi"', "message ", 'message ""']);
  });
});

describe("Protocol after a Close frame", () => {
  for (const [what, frame] of [
    ["a message", "81 81 00000000 61"],
    ["a Ping", "89 81 00000000 61"],
    ["a Pong", "8a 81 00000000 61"],
    ["a second Close", "88 82 00000000 03e9"],
    ["a fault", "83 80 00000000"],
  ] as const) {
    it(`CT-10 ignores ${what} (1.4, 5.5.1)`, () => {
      replay("server", hex(`88 82 00000000 03e8 ${frame}`), ['close 1000 ""'], hex("88 02 03e8"));
    });
  }
});

describe("Protocol and Pongs", () => {
  it("CT-12 takes any number of them, asked for or not, and answers none (5.5.3)", () => {
    const bytes = hex("8a 80 00000000 8a 81 00000000 61 8a 81 00000000 61 81 81 00000000 62");
    replay("server", bytes, ["pong ", "pong 61", "pong 61", 'message "b"'], hex(""));
  });
});
