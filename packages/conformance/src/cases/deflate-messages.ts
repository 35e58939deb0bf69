import { type CaseContext, type ConformanceCase, defineCase, ROLES } from "../case.ts";
import { DELIVERIES } from "../delivery.ts";
import { closeNormally, type Expected, expectAll, pongFor, textMessage } from "../expectations.ts";
import { hex, utf8 } from "../wire/bytes.ts";
import type { DeflateParameters } from "../wire/deflate-parameters.ts";
import { DeflateWriter } from "../wire/deflate-writer.ts";
import { binary, type FrameSpec, ping, text } from "../wire/frame.ts";
import { MessageDeflater } from "../wire/message-deflate.ts";
import { compressedBinary, compressedText, openDeflated } from "./deflate-session.ts";
import { json, noise } from "./pattern.ts";
import { describeInput } from "./script.ts";

const HELLO = hex("f2 48 cd c9 c9 07 00");
const HELLO_AGAIN = hex("f2 00 11 00 00");
const HELLO_FINAL = hex("f3 48 cd c9 c9 07 00 00");
const hello = textMessage("Hello");

interface Row {
  readonly id: string;
  readonly title: string;
  readonly section: string;
  readonly send: readonly FrameSpec[];
  readonly receive: readonly Expected[];
  readonly wanted?: Partial<DeflateParameters>;
  /** Needs a window of ours that reaches back over messages. */
  readonly takeover?: true;
}

/** Every way to cut a compressed "Hello" in two, and in a frame a byte. */
const CUTS = [...HELLO.keys()].map((at) => [at]).concat([[...HELLO.keys()]]);

const twoBlocks = hex("f2 48 05 00 00 00 ff ff ca c9 c9 07 00");
const manyBlocks = Array.from("Hello")
  .reduce((writer, letter, index) => {
    if (index % 2 === 0) return writer.stored(utf8(letter));
    return writer.block(1).literals(utf8(letter)).end();
  }, new DeflateWriter())
  .message();
const dynamicBlock = new MessageDeflater({ windowBits: 15, takeover: false }).encode(json(1_000));
const finalInside = new DeflateWriter()
  .block(1, true)
  .literals(utf8("Hel"))
  .end()
  .align()
  .block(1)
  .literals(utf8("lo"))
  .end()
  .message();

const rows: readonly Row[] = [
  row("DF-11.1", "A message in one fixed block", "7.2.3.1", compressedText(HELLO), [hello]),
  row("DF-11.2", "A fragmented message in one block", "7.2.3.1", compressedText(HELLO, [3]), [hello]),
  row("DF-13.1", "A message in one stored block", "7.2.3.3", compressedText(hex("00 05 00 fa ff 48 65 6c 6c 6f 00")), [
    hello,
  ]),
  row("DF-12.1", "A message with BFINAL set", "7.2.3.4", compressedText(HELLO_FINAL), [hello]),
  row(
    "DF-12.2",
    "A message with BFINAL set, then one without, then both again",
    "7.2.3.4",
    [HELLO_FINAL, HELLO, HELLO_FINAL, HELLO].flatMap((payload) => compressedText(payload)),
    [hello, hello, hello, hello],
  ),
  row("DF-12.3", "BFINAL in the middle of a message", "7.2.3.4", compressedText(finalInside), [hello]),
  {
    ...row(
      "DF-12.4",
      "The window outlives a block with BFINAL set",
      "7.2.3.4",
      [...compressedText(HELLO_FINAL), ...compressedText(HELLO_AGAIN)],
      [hello, hello],
    ),
    takeover: true,
  },
  row("DF-16.1", "A message in two blocks", "7.2.3.5", compressedText(twoBlocks), [hello]),
  row("DF-16.2", "A block for each letter, stored and fixed by turns", "7.2.3.5", compressedText(manyBlocks), [hello]),
  {
    ...row(
      "DF-14.1",
      "The second message refers to the first",
      "7.2.3.2",
      [...compressedText(HELLO), ...compressedText(HELLO_AGAIN)],
      [hello, hello],
    ),
    takeover: true,
  },
  {
    ...row(
      "DF-14.2",
      "An uncompressed message leaves the window as it is",
      "7.2.3.2",
      [...compressedText(HELLO), text("other"), ping("p"), ...compressedText(HELLO_AGAIN)],
      [hello, textMessage("other"), pongFor("p"), hello],
    ),
    takeover: true,
  },
  row("DF-17.1", "An empty message in a stored block", "7.2.3.6", compressedText(hex("00")), [textMessage("")]),
  row("DF-17.2", "An empty message in a fixed block", "7.2.3.6", compressedText(hex("02 00")), [textMessage("")]),
  row("DF-17.3", "An empty message with BFINAL set", "7.2.3.6", compressedText(hex("03 00 00")), [textMessage("")]),
  row(
    "DF-17.4",
    "Empty messages between others",
    "7.2.3.6",
    [hex("00"), HELLO, hex("00"), HELLO, hex("02 00")].flatMap((payload) => compressedText(payload)),
    [textMessage(""), hello, textMessage(""), hello, textMessage("")],
  ),
  row(
    "DF-20.1",
    "A Ping between the fragments of a compressed message",
    "6.1",
    spliced(compressedText(HELLO, [3]), ping("")),
    [hello, pongFor("")],
  ),
  row(
    "DF-21.1",
    "Compressed and uncompressed messages by turns",
    "6",
    [...compressedText(HELLO), text("Hello"), binary("00 01"), ...compressedText(HELLO), text("Hello")],
    [hello, hello, { type: "message", opcode: 2, payload: hex("00 01") }, hello, hello],
  ),
  row(
    "DF-21.2",
    "An uncompressed fragmented message between compressed ones",
    "6.1",
    [
      ...compressedText(HELLO),
      text("He", { fin: false }),
      { opcode: 0, payload: utf8("llo") },
      ...compressedText(HELLO, [2]),
    ],
    [hello, hello, hello],
  ),
  row(
    "DF-24.1",
    "A compressed message cut behind each of its bytes, and into a frame a byte",
    "6.1",
    CUTS.flatMap((cuts) => compressedText(HELLO, cuts)),
    CUTS.map(() => hello),
  ),
  row(
    "DF-24.20",
    "Empty fragments before, between and behind compressed bytes",
    "6.1",
    compressedText(HELLO, [0, 0, 3, 3, 3, 7, 7]),
    [hello],
  ),
  row(
    "DF-24.21",
    "Code points cut by fragments of a compressed message",
    "6.1",
    compressedText(new DeflateWriter().stored(utf8("a€😀")).message(), [7, 8, 10, 11, 12]),
    [textMessage("a€😀")],
  ),
  row("DF-24.22", "A dynamic block cut into fragments of 7 bytes", "6.1", compressedText(dynamicBlock, every(7)), [
    textMessage(json(1_000)),
  ]),
  row("DF-24.23", "A dynamic block in a frame a byte", "6.1", compressedText(dynamicBlock, every(1)), [
    textMessage(json(1_000)),
  ]),
];

function every(step: number): number[] {
  return [...dynamicBlock.keys()].filter((at) => at > 0 && at % step === 0);
}

function row(
  id: string,
  title: string,
  section: string,
  send: readonly FrameSpec[],
  receive: readonly Expected[],
): Row {
  return { id, title, section: `RFC 7692 ${section}`, send, receive };
}

function spliced(frames: readonly FrameSpec[], control: FrameSpec): FrameSpec[] {
  const [first, ...rest] = frames;
  return first === undefined ? [control] : [first, control, ...rest];
}

async function runRow(context: CaseContext, { send, receive, wanted, takeover }: Row): Promise<void> {
  const { peer, ours } = await openDeflated(context, wanted);
  if (takeover === true && !ours.takeover) context.skip("the testee does not let us keep our window");
  await peer.send(...send);
  await expectAll(peer, ...receive);
  await closeNormally(peer);
}

/** Compressed messages in every form RFC 7692 section 7.2 allows; each has to be inflated. */
export const deflateMessageCases: readonly ConformanceCase[] = [
  ...rows.flatMap((entry) =>
    defineCase({
      ...entry,
      roles: ROLES,
      deliveries: DELIVERIES,
      needs: { compression: true },
      input: describeInput(entry.send),
      expectation: "Messages are inflated and echoed, compressed or not; Pings are answered; the close is clean.",
      run: (context) => runRow(context, entry),
    }),
  ),
  ...defineCase({
    id: "DF-25.1",
    title: "Noise and text by turns",
    section: "RFC 7692 7.2.1",
    roles: ROLES,
    needs: { compression: true },
    input: "Twenty messages, compressed: 500 bytes of noise and 500 bytes of JSON by turns.",
    expectation: "Whatever the testee compresses and what it sends as it is, every echo inflates.",
    async run(context) {
      const { peer, deflater } = await openDeflated(context);
      const messages = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? noise(500) : json(500 + index)));
      await peer.send(...messages.flatMap((message) => compressedBinary(deflater.encode(message))));
      await expectAll(peer, ...messages.map((payload): Expected => ({ type: "message", opcode: 2, payload })));
      await closeNormally(peer);
    },
  }),
  ...defineCase({
    id: "DF-26.1",
    title: "Ten messages and a Ping at once",
    section: "RFC 7692 7.2",
    roles: ROLES,
    deliveries: DELIVERIES,
    needs: { compression: true },
    input: "Ten compressed messages of 1 to 20,000 bytes and a Ping in one burst, then Close.",
    expectation: "The echoes come in order, however long each takes to inflate and deflate, and the Close last.",
    async run(context) {
      const { peer, deflater } = await openDeflated(context);
      const messages = Array.from({ length: 10 }, (_, index) => json(index % 2 === 0 ? 20_000 : index));
      await peer.send(...messages.flatMap((message) => compressedText(deflater.encode(message))), ping("last"));
      await expectAll(peer, ...messages.map((message) => textMessage(message)), pongFor("last"));
      await closeNormally(peer);
    },
  }),
  ...defineCase({
    id: "DF-28.1",
    title: "How the testee compresses",
    section: "RFC 7692 6",
    roles: ROLES,
    informational: true,
    needs: { compression: true },
    input: "Compressed messages of 1, 100, 2,000 and 70,000 bytes of JSON.",
    expectation: "Nothing in particular: the log tells which echoes are compressed, in how many frames, how small.",
    async run(context) {
      const { peer, deflater } = await openDeflated(context);
      for (const length of [1, 100, 2_000, 70_000]) {
        await peer.send(...compressedText(deflater.encode(json(length))));
        const event = await peer.next(context.testee.deadlines.answer);
        if (event?.type !== "message") return;
        const size = event.frames.reduce((sum, frame) => sum + frame.payload.length, 0);
        context.inform(
          `${length} bytes: ${event.compressed ? `compressed to ${size}` : "as they are"}, ${event.frames.length} frame(s)`,
        );
      }
      await closeNormally(peer);
    },
  }),
];
