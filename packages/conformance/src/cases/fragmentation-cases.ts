import { type ConformanceCase, defineCase, ROLES } from "../case.ts";
import { CaseFailure, Overdue } from "../case-failure.ts";
import { DELIVERIES, type Delivery } from "../delivery.ts";
import { binaryMessage, closeNormally, describeEvent, expectAll, pongFor, textMessage } from "../expectations.ts";
import { concatBytes, utf8 } from "../wire/bytes.ts";
import { binary, continuation, type FrameSpec, ping, pong, text } from "../wire/frame.ts";
import { withinOwnLimits } from "./own-limits.ts";
import { letters, mixedText, noise } from "./pattern.ts";
import { echoes, fails } from "./script.ts";

const SECTION = "RFC 6455 5.4";
const open = { fin: false } as const;

/** Fragmentation (RFC 6455 5.4): messages in pieces, control frames between them, and sequences that are none. */
export const fragmentationCases: readonly ConformanceCase[] = [
  ...orphan("FG-1.1", "A last fragment with nothing to continue", [continuation("a")]),
  ...orphan("FG-1.2", "A fragment with nothing to continue, more to come", [continuation("a", open)]),
  ...orphan("FG-1.3", "An empty continuation with nothing to continue", [continuation("")]),
  ...orphan("FG-1.4", "Fragment and end with nothing to continue", [continuation("a", open), continuation("b")]),
  ...fails({
    id: "FG-1.5",
    title: "A continuation behind a complete message",
    section: SECTION,
    covers: ["6455-5.4-a"],
    send: [text("before"), continuation("a")],
    before: [textMessage("before")],
    codes: [1002],
  }),
  ...fails({
    id: "FG-1.6",
    title: "A continuation behind a complete fragmented message",
    section: SECTION,
    covers: ["6455-5.4-a"],
    send: [text("be", open), continuation("fore"), continuation("a")],
    before: [textMessage("before")],
    codes: [1002],
  }),
  ...fails({
    id: "FG-1.7",
    title: "Orphaned continuations between two good messages",
    section: SECTION,
    covers: ["6455-5.4-a"],
    send: [continuation("a", open), text("b"), continuation("c", open), text("d")],
    codes: [1002],
  }),
  ...interrupted("FG-2.1", "text", "text", text("a", open), text("b")),
  ...interrupted("FG-2.2", "text", "binary", text("a", open), binary("62")),
  ...interrupted("FG-2.3", "binary", "text", binary("61", open), text("b")),
  ...interrupted("FG-2.4", "binary", "a fragmented binary", binary("61", open), binary("62", open)),
  ...interrupted("FG-2.5", "an empty text", "an empty text", text("", open), text("")),
  ...interrupted("FG-2.6", "a continued text", "text", text("a", open), continuation("b", open), text("c")),
  ...good("FG-3.1", "Text in two fragments", [text("Hel", open), continuation("lo")], "Hello"),
  ...good(
    "FG-3.2",
    "Text in three fragments",
    [text("H", open), continuation("ell", open), continuation("o")],
    "Hello",
  ),
  ...good("FG-3.3", "All fragments empty", [text("", open), continuation("", open), continuation("")], ""),
  ...good("FG-3.4", "First fragment empty", [text("", open), continuation("Hello")], "Hello"),
  ...good("FG-3.5", "Last fragment empty", [text("Hello", open), continuation("")], "Hello"),
  ...good("FG-3.6", "Middle fragments empty", [text("Hel", open), ...empties(20), continuation("lo")], "Hello"),
  ...good("FG-3.7", "One byte per fragment", bytewise("Hello, fragments"), "Hello, fragments"),
  ...echoes({
    id: "FG-3.8",
    title: "Fragmented binary, twice",
    section: SECTION,
    covers: ["6455-5.4-a"],
    send: [
      binary("00 ff", open),
      continuation(noise(200)),
      binary("80", open),
      continuation("", open),
      continuation("z"),
    ],
    receive: [binaryMessage(concatBytes([Uint8Array.of(0, 255), noise(200)])), binaryMessage(Uint8Array.of(128, 0x7a))],
  }),
  ...interleaved("FG-4.1", "One Ping between two fragments", ["Hel", "lo"], ["ping"]),
  ...interleaved("FG-4.2", "A Ping in each of four gaps", ["a", "b", "c", "d", "e"], ["1", "2", "3", "4"]),
  ...interleaved("FG-4.3", "A Ping between empty fragments", ["", "", ""], ["x", "y"]),
  ...defineCase({
    id: "FG-4.4",
    title: "A Ping between two fragments is answered before the message ends",
    section: SECTION,
    roles: ROLES,
    deliveries: DELIVERIES,
    covers: ["6455-5.4-b", "6455-5.5-c"],
    input: "a fragment, a Ping, and only after its Pong the last fragment",
    expectation: "The Pong comes while the message is unfinished; then the message is echoed.",
    async run(context) {
      const peer = await context.open();
      await peer.send(text("Hel", open), ping("now"));
      await expectAll(peer, pongFor("now"));
      await peer.send(continuation("lo"));
      await expectAll(peer, textMessage("Hello"));
      await closeNormally(peer);
    },
  }),
  ...echoes({
    id: "FG-4.5",
    title: "Pongs nobody asked for between fragments",
    section: SECTION,
    covers: ["6455-5.4-b"],
    send: [text("Hel", open), pong("a"), continuation("", open), pong(), continuation("lo")],
    receive: [textMessage("Hello")],
  }),
  ...good("FG-6.1", "A code point of four bytes in four fragments", split(utf8("😀"), 1), "😀"),
  ...good("FG-6.2", "Text of all widths in fragments of 3 bytes", split(mixedText(120), 3), mixedText(120)),
  ...good("FG-6.3", "Text of all widths in fragments of 7 bytes", split(mixedText(300), 7), mixedText(300)),
  ...halfMessage("FG-7.1", "FIN inside a fragmented message", [text("Hel", open)]),
  ...halfMessage("FG-7.2", "FIN inside a frame", [text("Hello")], 3),
  ...halfMessage("FG-7.3", "FIN inside a header", [text("Hello")], 6),
  ...fragments("FG-8.1", 65_536, 64, "core"),
  ...fragments("FG-8.2", 16_384, 256, "core"),
  ...fragments("FG-8.3", 4_096, 1_024, "core"),
  ...fragments("FG-8.4", 64, 65_536, "core"),
  ...fragments("FG-8.5", 4, 1_048_576, "core"),
  ...fragments("RS-1.1", 20_000, 1, "core"),
  ...fragments("RS-1.2", 131_000, 1, "thorough"),
  ...fragments("RS-5.1", 200_000, 1_024, "thorough"),
];

function orphan(id: string, title: string, send: readonly FrameSpec[]): ConformanceCase[] {
  return fails({ id, title, section: SECTION, covers: ["6455-5.4-a"], send, codes: [1002] });
}

function interrupted(id: string, one: string, other: string, ...send: readonly FrameSpec[]): ConformanceCase[] {
  const title = `${other} message begun inside ${one} message`;
  return fails({ id, title, section: SECTION, covers: ["6455-5.4-c"], send, codes: [1002] });
}

function good(id: string, title: string, send: readonly FrameSpec[], whole: string | Uint8Array): ConformanceCase[] {
  return echoes({ id, title, section: SECTION, covers: ["6455-5.4-a"], send, receive: [textMessage(whole)] });
}

function empties(count: number): FrameSpec[] {
  return Array<FrameSpec>(count).fill(continuation("", open));
}

function bytewise(message: string): FrameSpec[] {
  return split(utf8(message), 1);
}

/** A text message in fragments of `size` bytes. */
function split(payload: Uint8Array, size: number): FrameSpec[] {
  const frames: FrameSpec[] = [];
  for (let at = 0; at < payload.length; at += size) {
    const part = payload.subarray(at, at + size);
    const fin = at + size >= payload.length;
    frames.push(at === 0 ? text(part, { fin }) : continuation(part, { fin }));
  }
  return frames;
}

function interleaved(id: string, title: string, parts: readonly string[], pings: readonly string[]): ConformanceCase[] {
  const send = parts.flatMap((part, index): FrameSpec[] => {
    const fin = index === parts.length - 1;
    const frame = index === 0 ? text(part, { fin }) : continuation(part, { fin });
    const between = pings[index];
    return between === undefined ? [frame] : [frame, ping(between)];
  });
  // RFC 6455 5.5.3 lets an endpoint answer the latest of several Pings only.
  const pongs = pings.map((payload, index) => pongFor(payload, index < pings.length - 1));
  return echoes({
    id,
    title,
    section: SECTION,
    covers: ["6455-5.4-b"],
    send,
    receive: [...pongs, textMessage(parts.join(""))],
  });
}

/** RFC 6455 7.1.7 and 5.4: what was not completed is never delivered; the testee closes its side when we end ours. */
function halfMessage(id: string, title: string, frames: readonly FrameSpec[], less = 0): ConformanceCase[] {
  return defineCase({
    id,
    title,
    section: "RFC 6455 7.1.5",
    roles: ROLES,
    covers: ["LC-18"],
    input: "part of a message, then FIN without a Close frame",
    expectation: "Nothing is echoed, and the testee closes TCP as well.",
    async run(context) {
      const peer = await context.open();
      const bytes = peer.encode(...frames);
      await peer.sendBytes(bytes.subarray(0, bytes.length - less));
      peer.transport.end();
      for (;;) {
        const event = await peer.next(context.testee.deadlines.close);
        if (event === undefined) throw new Overdue("TCP stays half open after our FIN");
        if (event.type === "message")
          throw new CaseFailure(`${describeEvent(event)} came back of an unfinished message`);
        if (event.type === "end") return;
      }
    },
  });
}

function fragments(id: string, count: number, size: number, group: "core" | "thorough"): ConformanceCase[] {
  const total = count * size;
  const deliveries: readonly Delivery[] = ["whole"];
  return defineCase({
    id,
    title: `${count} fragments of ${size} bytes`,
    section: SECTION,
    group,
    roles: ROLES,
    deliveries,
    needs: { maxMessageSize: total },
    timeout: 90_000,
    covers: ["6455-5.4-a"],
    input: `one binary message of ${total} bytes in ${count} frames`,
    expectation: "The message is echoed.",
    async run(context) {
      const peer = await context.open();
      const payload = noise(total);
      for (let at = 0; at < count; ) {
        const batch: FrameSpec[] = [];
        for (; at < count && batch.length < 4_096; at += 1) {
          const part = payload.subarray(at * size, (at + 1) * size);
          const fin = at === count - 1;
          batch.push(at === 0 ? binary(part, { fin }) : continuation(part, { fin }));
        }
        await peer.sendBytes(peer.encode(...batch));
      }
      const echoed = await withinOwnLimits(context, () => expectAll(peer, binaryMessage(payload)));
      if (!echoed) return;
      await peer.send(text(letters(3)));
      await expectAll(peer, textMessage(letters(3)));
      await closeNormally(peer);
    },
  });
}
