import { type ConformanceCase, defineCase, ROLES } from "../case.ts";
import { DELIVERIES } from "../delivery.ts";
import { binaryMessage, closeNormally, expectAll, expectFailure, textMessage } from "../expectations.ts";
import { hex, utf8 } from "../wire/bytes.ts";
import { binary, continuation, encodeFrame, type FrameSpec, text, ZERO_KEY } from "../wire/frame.ts";
import { mixedText } from "./pattern.ts";
import { echoes, fails, failureInWords } from "./script.ts";
import { INVALID_SEQUENCES, VALID_SEQUENCES } from "./utf8-sequences.ts";

const SECTION = "RFC 6455 8.1";
const open = { fin: false } as const;
/** How long a testee may think about a bad byte before it counts as waiting for the end of the message. */
const THINKING_TIME = 700;

/** UTF-8 in text messages (RFC 6455 5.6, 8.1): every kind of sequence, across fragments, and refused as early as it is wrong. */
export const utf8Cases: readonly ConformanceCase[] = [
  ...VALID_SEQUENCES.flatMap(({ id, title, bytes }) =>
    echoes({ id: `UT-1.${id}v`, title, section: SECTION, covers: ["6455-5.6-a"], send: [text(hex(bytes))] }),
  ),
  ...INVALID_SEQUENCES.flatMap(({ id, title, bytes }) =>
    fails({
      id: `UT-1.${id}`,
      title,
      section: SECTION,
      covers: ["6455-8.1-a"],
      send: [text(hex(bytes))],
      codes: [1007],
    }),
  ),
  ...fails({
    id: "UT-1.30",
    title: "A bad message behind a good one",
    section: SECTION,
    covers: ["6455-8.1-a"],
    send: [text("good"), text(hex("61 ff"))],
    before: [textMessage("good")],
    codes: [1007],
  }),
  ...fails({
    id: "UT-1.31",
    title: "A good first and a bad last fragment",
    section: SECTION,
    covers: ["6455-8.1-a"],
    send: [text("good", open), continuation(hex("ff"))],
    codes: [1007],
  }),
  ...fails({
    id: "UT-1.32",
    title: "A character begun in one fragment and broken in the next",
    section: SECTION,
    covers: ["6455-8.1-a"],
    send: [text(hex("e2 82"), open), continuation("a")],
    codes: [1007],
  }),
  ...fails({
    id: "UT-1.33",
    title: "A character begun in one message and ended in the next",
    section: SECTION,
    covers: ["6455-8.1-a"],
    send: [text(hex("e2 82")), text(hex("ac"))],
    codes: [1007],
  }),
  ...fails({
    id: "UT-1.34",
    title: "A character left unfinished behind empty fragments",
    section: SECTION,
    covers: ["6455-8.1-a"],
    send: [text(hex("61 f0 9f"), open), continuation("", open), continuation("")],
    codes: [1007],
  }),
  ...echoes({
    id: "UT-1.35",
    title: "What is not UTF-8 may be in a binary message",
    section: "RFC 6455 5.6",
    covers: ["6455-5.6-a"],
    send: [binary("ff fe ed a0 80 c0 80"), text("text"), binary("e2 82"), binary("ac")],
    receive: [
      binaryMessage(hex("ff fe ed a0 80 c0 80")),
      textMessage("text"),
      binaryMessage(hex("e2 82")),
      binaryMessage(hex("ac")),
    ],
  }),
  ...early("UT-2.1", "A bad byte in a first fragment, then nothing", [text(hex("61 ff"), open)], undefined),
  ...early("UT-2.2", "A surrogate in a first fragment, then nothing", [text(hex("ed a0"), open)], undefined),
  ...early(
    "UT-2.3",
    "A bad byte in a second fragment, then nothing",
    [text("good ", open), continuation(hex("c0"), open)],
    undefined,
  ),
  ...early("UT-2.4", "A bad byte in mid-frame", [text(hex("ce ba e1 bd b9 f4 90 80 80 65 64 69 74 65 64"))], 7),
  ...early("UT-2.5", "A bad byte as the first of a frame of 20", [text(hex(`ff${"61".repeat(19)}`))], 1),
  ...early("UT-2.6", "A sequence above U+10FFFF by its second byte", [text(hex("f4 90 80 80"))], 2),
  ...early("UT-2.7", "An overlong sequence by its second byte", [text(hex("e0 9f bf 61 61"))], 2),
  ...early("UT-2.8", "A bad byte early in a frame of 64 KiB", [text(badStart(65_536))], 100),
  ...chunked("UT-6.1", "core", 65_536),
  ...chunked("UT-6.2", "core", 1_048_576),
  ...chunked("UT-6.3", "thorough", 16_777_216),
];

function badStart(length: number): Uint8Array {
  const payload = new Uint8Array(length).fill(0x61);
  payload[50] = 0xff;
  return payload;
}

/** Sends all of the frames, or the header and `payloadBytes` of the only one, and wants the failure before anything else is sent. */
function early(
  id: string,
  title: string,
  frames: readonly FrameSpec[],
  payloadBytes: number | undefined,
): ConformanceCase[] {
  const input =
    payloadBytes === undefined ? "the fragments up to the bad byte" : `the header and ${payloadBytes} bytes of payload`;
  return defineCase({
    id,
    title,
    section: SECTION,
    roles: ROLES,
    covers: ["6455-8.1-a"],
    input: `${input}, a pause, then the rest`,
    expectation: `${failureInWords([1007])} It happens before the rest is sent (strict).`,
    async run(context) {
      const peer = await context.open();
      const bytes = frames.flatMap((frame) => [encodeFrame(frame, context.role === "server" ? ZERO_KEY : undefined)]);
      const stream = Uint8Array.from(Buffer.concat(bytes));
      const payloadLength = frames[0]?.payload?.length ?? 0;
      const first = payloadBytes === undefined ? stream.length : stream.length - payloadLength + payloadBytes;
      await peer.sendBytes(stream.subarray(0, first));
      if (!(await peer.transport.reacts(THINKING_TIME))) {
        context.late("bad UTF-8 is not refused before the message is complete");
        await peer.sendBytes(stream.subarray(first));
        if (payloadBytes === undefined) await peer.send(continuation("the end"));
      }
      await expectFailure(peer, { codes: [1007] });
    },
  });
}

/** Text of characters of all widths, cut at every offset within a character, must not be touched by chunk borders. */
function chunked(id: string, group: "core" | "thorough", size: number): ConformanceCase[] {
  return defineCase({
    id,
    title: `${size} bytes of text of all widths in four cuts`,
    section: "RFC 6455 5.6",
    group,
    roles: ROLES,
    deliveries: size > 100_000 ? ["whole"] : DELIVERIES.filter((delivery) => delivery !== "bytes"),
    needs: { maxMessageSize: size },
    timeout: 60_000,
    input: "the message four times, in fragments whose lengths are 0, 1, 2 and 3 modulo 4",
    expectation: "Each is echoed.",
    async run(context) {
      const peer = await context.open();
      const payload = size > 100_000 ? mixedText(size) : utf8("😀".repeat(size / 4));
      for (let rest = 0; rest < 4; rest += 1) {
        await peer.send(...cut(payload, Math.floor(size / 16) * 4 + rest));
        await expectAll(peer, textMessage(payload));
      }
      await closeNormally(peer);
    },
  });
}

function cut(payload: Uint8Array, size: number): FrameSpec[] {
  const frames: FrameSpec[] = [];
  for (let at = 0; at < payload.length; at += size) {
    const more = { fin: at + size >= payload.length };
    const part = payload.subarray(at, at + size);
    frames.push(at === 0 ? text(part, more) : continuation(part, more));
  }
  return frames;
}
