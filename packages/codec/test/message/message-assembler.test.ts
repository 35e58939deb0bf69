import { describe, expect, it } from "vitest";
import type { MessageExtension } from "../../src/index.ts";
import { ProtocolError } from "../../src/index.ts";
import { feed, hex, replay, session, split } from "../_replay.ts";
import { concat, frame } from "./_frames.ts";

const M = "00000000";

describe("MessageAssembler joins fragments (RFC 6455 5.4)", () => {
  it("FG-4 with control frames between them", () => {
    replay("server", hex(`01 82 ${M} 6162 89 81 ${M} 70 00 81 ${M} 63 8a 80 ${M} 80 81 ${M} 64`), [
      "ping 70",
      "pong ",
      'message "abcd"',
    ]);
  });
  it("FG-6 with a code point cut between them, and empty ones", () => {
    replay("server", hex(`01 81 ${M} e2 00 80 ${M} 00 81 ${M} 82 80 81 ${M} ac`), ['message "€"']);
  });
  it("FR-1 empty messages of either kind", () => {
    replay("server", hex(`81 80 ${M} 82 80 ${M} 01 80 ${M} 80 80 ${M} 02 80 ${M} 80 80 ${M}`), [
      'message ""',
      "message ",
      'message ""',
      "message ",
    ]);
  });
  it("FG-8 65,536 of 64 bytes each", () => {
    const piece = frame(0x00, new Uint8Array(64).fill(0x61)).subarray(0);
    const frames = [frame(0x01, new Uint8Array(64).fill(0x61))];
    for (let i = 0; i < 65_534; i++) frames.push(piece);
    frames.push(frame(0x80, new Uint8Array(64).fill(0x61)));
    const run = session("server", { maxMessageSize: 4 * 1024 * 1024 });
    feed(run, split(concat(...frames), 3));
    expect(run.events).toEqual(["message 4194304 characters"]);
  });
  it("keeps a leading U+FEFF, whole and in fragments (8.1)", () => {
    replay("server", hex(`81 84 ${M} efbbbf61 01 82 ${M} efbb 80 82 ${M} bf61`), [
      'message "\ufeffa"',
      'message "\ufeffa"',
    ]);
  });
  it("of any size, over chunks of any size, octet for octet", () => {
    for (const size of [16_383, 16_384, 65_536, 65_537, 300_000, 1_048_576]) {
      const payload = Uint8Array.from({ length: size }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
      const whole = frame(0x82, payload);
      const cut = Math.floor(size / 3);
      const fragments = concat(frame(0x02, payload.subarray(0, cut)), frame(0x80, payload.subarray(cut)));
      for (const bytes of [whole, fragments]) {
        for (const chunk of [1_000, 16_384, 65_536, 200_000]) {
          const run = session("server");
          for (let at = 0; at < bytes.length; at += chunk) run.protocol.receive(bytes.slice(at, at + chunk));
          expect(Buffer.compare(run.messages[0] as Uint8Array, payload), `${size} in ${chunk}`).toBe(0);
        }
      }
    }
  });
  it("takes a genuine U+FFFD for what it is", () => {
    replay("server", hex(`81 84 ${M} efbfbd61`), ['message "\ufffda"']);
  });
});

describe("MessageAssembler keeps the limits (RFC 6455 10.4)", () => {
  it("FR-14 delivers the limit, refuses one more when the header is complete", () => {
    replay("server", frame(0x82, new Uint8Array(1000)), [`message 1000 bytes ${"00".repeat(16)}…`], undefined, {
      maxMessageSize: 1000,
    });
    const refused = frame(0x82, new Uint8Array(1001)).subarray(0, 4);
    replay("server", refused, ["fault message-too-large 1009"], hex("88 02 03f1"), { maxMessageSize: 1000 });
  });
  it("RS-6 refuses the first frame whose header crosses the sum", () => {
    const bytes = concat(
      frame(0x02, new Uint8Array(600)),
      frame(0x00, new Uint8Array(400)),
      frame(0x80, new Uint8Array(1)),
    );
    replay("server", bytes, ["fault message-too-large 1009"], undefined, { maxMessageSize: 1000 });
  });
  it("counts anew for each message", () => {
    const one = concat(frame(0x02, new Uint8Array(600)), frame(0x80, new Uint8Array(400)));
    const event = `message 1000 bytes ${"00".repeat(16)}…`;
    replay("server", concat(one, one, one), [event, event, event], undefined, { maxMessageSize: 1000 });
  });
  it("lets control frames pass whatever the limit is", () => {
    replay("server", hex(`89 85 ${M} 6162636465`), ["ping 6162636465"], undefined, { maxMessageSize: 2 });
  });
  it("RS-1 131,000 one-byte fragments cost little more than their bytes", () => {
    const fragments = concat(...Array.from({ length: 1000 }, () => frame(0x00, Uint8Array.of(0x61))));
    const run = session("server");
    run.protocol.receive(frame(0x01, Uint8Array.of(0x61)));
    globalThis.gc?.();
    const before = process.memoryUsage();
    for (let i = 0; i < 131; i++) run.protocol.receive(fragments.slice());
    globalThis.gc?.();
    const after = process.memoryUsage();
    const used = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
    if (globalThis.gc !== undefined) expect(used).toBeLessThan(2 * 131_000 + 64 * 1024);
    expect(run.events).toEqual([]);
  });
});

describe("MessageAssembler shows a message chunk by chunk", () => {
  it("also within one frame, text checked as it arrives", () => {
    const run = session("server", { streaming: true });
    const bytes = frame(0x81, Uint8Array.from(Buffer.from("héllo")));
    feed(run, [bytes.subarray(0, 8), bytes.subarray(8, 9), bytes.subarray(9)]);
    expect(run.events).toEqual(["stream text", "chunks 68c3a96c6c6f", "stream end"]);
  });
  it("and fails at the first bad octet", () => {
    const bytes = hex(`01 84 ${M} 61c3ff62`);
    for (let cut = 1; cut < bytes.length; cut++) {
      const run = session("server", { streaming: true });
      feed(run, [bytes.subarray(0, cut), bytes.subarray(cut)]);
      expect(run.events.at(-1)).toBe("fault invalid-utf8 1007");
      expect(run.events.join()).not.toContain("ff");
    }
  });
  it("and fails where the text ends within a sequence", () => {
    const run = session("server", { streaming: true });
    feed(run, [hex(`81 81 ${M} c3`)]);
    expect(run.events).toEqual(["stream text", "chunks c3", "fault invalid-utf8 1007"]);
  });
  it("with a limit of its own", () => {
    const run = session("server", { streaming: true, maxMessageSize: 10, maxStreamSize: 100 });
    feed(run, [frame(0x82, new Uint8Array(50))]);
    feed(run, [frame(0x02, new Uint8Array(50)), frame(0x80, new Uint8Array(50))]);
    expect(run.events.filter((event) => event === "stream end")).toHaveLength(2);
    feed(run, [frame(0x82, new Uint8Array(101))]);
    expect(run.events.at(-1)).toBe("fault message-too-large 1009");
  });
  it("with that limit from the next message on when it is turned on or off between two", () => {
    const run = session("server", { maxMessageSize: 10, maxStreamSize: 100 });
    feed(run, [hex(`01 81 ${M} 61 80 81 ${M} 62`)]);
    run.protocol.streaming = true;
    feed(run, [frame(0x82, new Uint8Array(100))]);
    expect(run.events.at(-1)).toBe("stream end");
    run.protocol.streaming = false;
    feed(run, [frame(0x82, new Uint8Array(11))]);
    expect(run.events.at(-1)).toBe("fault message-too-large 1009");
  });
  it("from the next message on when it is turned on within one", () => {
    const run = session("server");
    // What is known of the message under way stays: the sequence that it has begun, too.
    feed(run, [hex(`01 82 ${M} 61c3`)]);
    run.protocol.streaming = true;
    feed(run, [hex(`80 81 ${M} a9 82 81 ${M} 63`)]);
    expect(run.events).toEqual(['message "a\u00e9"', "stream binary", "chunks 63", "stream end"]);
    expect(run.protocol.streaming).toBe(true);
  });
});

/** An extension that repeats each octet so many times: output in pieces, as an inflater gives it. */
function repeater(times: number, fault = -1): MessageExtension {
  let left: Uint8Array = new Uint8Array(0);
  const extension = {
    name: "repeat",
    agreed: { name: "repeat", params: [] },
    rsv: 0x40,
    pending: false,
    overhead: 0,
    decodeSlice: 65_536,
    encodeSlice: 65_536,
    wants: (length: number | undefined, choice: boolean | undefined) => choice ?? (length ?? 0) > 3,
    encode: (piece: Uint8Array) => piece.filter((_, i) => i % times === 0),
    decode(piece: Uint8Array, _last: boolean, max: number) {
      if (piece.includes(fault)) return new ProtocolError("deflate-invalid");
      const all = new Uint8Array(left.length + piece.length * times);
      all.set(left);
      piece.forEach((octet, i) => {
        all.fill(octet, left.length + i * times, left.length + (i + 1) * times);
      });
      const output = all.slice(0, max);
      left = all.slice(max);
      extension.pending = left.length > 0;
      return output;
    },
    idle: () => {},
    release: () => {},
  };
  return extension;
}

describe("MessageAssembler passes messages through the extension that owns their bit (RFC 6455 5.2, RFC 7692 6)", () => {
  it("whole, in fragments, mixed with others, empty ones too", () => {
    replay(
      "server",
      hex(`c1 82 ${M} 6162 81 81 ${M} 63 41 81 ${M} 64 89 80 ${M} 00 80 ${M} 80 81 ${M} 65 c2 80 ${M} c1 80 ${M}`),
      ['message "aabb"', 'message "c"', "ping ", 'message "ddee"', "message ", 'message ""'],
      undefined,
      { extension: repeater(2) },
    );
  });
  it("and keeps none of its arrays, large ones neither: they are overwritten by its next call", () => {
    const shared = new Uint8Array(65_536);
    const extension = {
      ...repeater(1),
      decode: (piece: Uint8Array) => shared.fill(piece[0] ?? 0).subarray(0, piece.length),
    };
    const run = session("server", { extension });
    for (const [first, octet] of [
      [0x42, 1],
      [0x80, 2],
    ] as const) {
      feed(run, [frame(first, new Uint8Array(60_000).fill(octet))]);
    }
    const [message] = run.messages as Uint8Array[];
    expect(message?.subarray(0, 60_000).every((octet) => octet === 1)).toBe(true);
    expect(message?.subarray(60_000).every((octet) => octet === 2)).toBe(true);
  });
  it("DF-18 but not on control frames or continuations", () => {
    replay("server", hex("c9 80"), ["fault reserved-bits 1002"], undefined, { extension: repeater(2) });
    replay("server", hex(`41 80 ${M} c0 80`), ["fault reserved-bits 1002"], undefined, { extension: repeater(2) });
  });
  it("UT-4 and checks the text that comes out", () => {
    replay("server", hex(`c1 81 ${M} c3`), ["fault invalid-utf8 1007"], undefined, { extension: repeater(1) });
    replay("server", hex(`41 81 ${M} c3 80 81 ${M} c3`), ["fault invalid-utf8 1007"], undefined, {
      extension: repeater(1),
    });
  });
  it("RS-11 and limits what comes out, not what goes in", () => {
    replay("server", frame(0xc2, new Uint8Array(101)), ["fault message-too-large 1009"], undefined, {
      extension: repeater(10),
      maxMessageSize: 1000,
    });
    replay("server", hex("c2 ff 0000000000020000"), ["fault message-too-large 1009"], undefined, {
      extension: repeater(1),
      maxMessageSize: 10,
    });
  });
  it("RS-11 also in fragments that are longer than the limit before they are transformed, up to twice and 64 KiB", () => {
    const halving = { ...repeater(1), decode: (piece: Uint8Array) => piece.slice(piece.length / 2) };
    const run = session("server", { extension: halving, maxMessageSize: 10 });
    feed(run, [concat(frame(0x42, new Uint8Array(10)), frame(0x80, new Uint8Array(10)))]);
    expect(run.events).toEqual([`message ${"00".repeat(10)}`]);
    feed(run, [concat(frame(0x42, new Uint8Array(1)), frame(0x80, new Uint8Array(65_556)).subarray(0, 10))]);
    expect(run.events.at(-1)).toBe("fault message-too-large 1009");
  });
  it("RS-11 and, where there is no limit, what is past 2^53 all the same", () => {
    const run = session("server", { extension: repeater(1), streaming: true });
    feed(run, [hex("c2 ff 0020000000000001")]);
    expect(run.events).toEqual(["fault message-too-large 1009"]);
  });
  it("RS-11 and asks for one byte more than the limit leaves at most, in a frame and over fragments", () => {
    const bounds: number[] = [];
    const extension = Object.assign(repeater(100), { decodeSlice: 400 });
    const { decode } = extension;
    extension.decode = (piece, last, max) => {
      bounds.push(max);
      return decode(piece, last, max);
    };
    const run = session("server", { extension, maxMessageSize: 1000 });
    feed(run, [frame(0x42, Uint8Array.of(1, 1)), frame(0x80, Uint8Array.of(1, 1, 1, 1, 1))]);
    feed(run, [frame(0xc2, new Uint8Array(11))]);
    expect(run.events.map((event) => event.slice(0, 17))).toEqual(["message 700 bytes", "fault message-too"]);
    expect(bounds).toEqual([800, 800, 800, 201]);
  });
  it("a slice at a time, and no more while output waits", () => {
    const given: number[] = [];
    const extension = Object.assign(repeater(3), { decodeSlice: 400 });
    const { decode } = extension;
    extension.decode = (piece, last, max) => {
      given.push(piece.length);
      return decode(piece, last, max);
    };
    const run = session("server", { extension, maxMessageSize: 3000 });
    feed(run, [frame(0xc2, new Uint8Array(1000))]);
    expect(run.messages.map(({ length }) => length)).toEqual([3000]);
    expect(given).toEqual([400, 0, 400, 0, 200]);
  });
  it("reports what the extension cannot read", () => {
    replay("server", hex(`41 82 ${M} 61ff 80 80 ${M}`), ["fault deflate-invalid 1007"], undefined, {
      extension: repeater(1, 0xff),
    });
  });
  it("suspends when its turn is used up, takes what comes meanwhile, and goes on", () => {
    for (const streaming of [false, true]) {
      const run = session("server", { extension: repeater(4000), maxMessageSize: 8_000_000, streaming });
      const big = frame(0xc2, new Uint8Array(1000).fill(1));
      const small = frame(0x82, Uint8Array.of(2));
      const lent = concat(big, small);
      run.protocol.receive(lent, Infinity);
      lent.fill(0xee);
      expect(run.protocol.suspended).toBe(true);
      run.protocol.receive(small.slice());
      run.protocol.receive(small.slice());
      let turns = 0;
      for (; run.protocol.suspended && turns < 100; turns++) run.protocol.resume();
      expect(turns).toBeGreaterThan(3);
      run.protocol.resume();
      if (streaming) expect(run.events.filter((event) => event === "stream end")).toHaveLength(4);
      else expect(run.messages.map((message) => message.length)).toEqual([4_000_000, 1, 1, 1]);
    }
  });
  it("suspends between messages too, and is inert when stopped while suspended", () => {
    const run = session("server", { extension: repeater(4000), maxMessageSize: 8_000_000 });
    const one = frame(0xc2, new Uint8Array(60).fill(1));
    run.protocol.receive(concat(...Array.from({ length: 10 }, () => one)));
    expect(run.messages.length).toBeLessThan(10);
    expect(run.protocol.suspended).toBe(true);
    run.protocol.end();
    run.protocol.resume();
    expect(run.protocol.suspended).toBe(false);
    expect(run.messages.length).toBeLessThan(10);
    const { protocol, handler } = session("server", { extension: repeater(4000) });
    handler.onMessage = () => void protocol.end();
    protocol.receive(frame(0xc2, new Uint8Array(131)));
    expect([protocol.state, protocol.suspended]).toEqual(["lost", false]);
  });
  it("counts towards the turn what the extension says that its work costs beside input and output", () => {
    const run = session("server", { extension: Object.assign(repeater(1), { overhead: 100_000 }) });
    const one = frame(0xc2, Uint8Array.of(1));
    run.protocol.receive(concat(...Array.from({ length: 10 }, () => one)));
    expect([run.protocol.suspended, run.messages.length]).toEqual([true, 6]);
    run.protocol.resume();
    expect([run.protocol.suspended, run.messages.length]).toEqual([false, 10]);
  });
  it("counts over chunks, and each call as a kibibyte: a runtime hands over any number before it looks up", () => {
    const run = session("server", { extension: repeater(1) });
    const one = frame(0xc2, new Uint8Array(30));
    // Eight slices, of this extension's size, in calls of 30 bytes in, 30 out and what the call costs.
    const calls = Math.ceil((8 * repeater(1).decodeSlice) / (30 + 30 + 1024));
    for (let count = 1; count <= calls; count++) {
      expect(run.protocol.suspended, `${count}`).toBe(false);
      run.protocol.receive(one.slice());
    }
    expect(run.protocol.suspended).toBe(true);
    run.protocol.resume();
    run.protocol.receive(one.slice());
    expect([run.protocol.suspended, run.messages.length]).toEqual([false, calls + 1]);
  });
  it("gives it nothing once the handler has ended everything, where a message begins or within it", () => {
    for (const event of ["onStreamStart", "onStreamChunk"] as const) {
      for (const cut of [0, 2, 7]) {
        const extension = repeater(4000);
        const { decode } = extension;
        let decoded = 0;
        extension.decode = (...piece) => {
          decoded += 1;
          return decode(...piece);
        };
        const run = session("server", { extension, streaming: true });
        run.handler[event] = () => void run.protocol.end();
        const bytes = frame(0xc2, new Uint8Array(1000));
        feed(run, [bytes.subarray(0, cut), bytes.subarray(cut), frame(0xc2, new Uint8Array(1))]);
        expect(decoded, `${event}, cut at ${cut}`).toBe(event === "onStreamStart" ? 0 : 1);
      }
    }
  });
});
