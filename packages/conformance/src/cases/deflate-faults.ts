import { type CaseContext, type ConformanceCase, defineCase, ROLES } from "../case.ts";
import { DELIVERIES } from "../delivery.ts";
import { expectFailure, textMessage } from "../expectations.ts";
import type { PeerEvent } from "../inbound.ts";
import type { Peer } from "../peer.ts";
import { concatBytes, hex, utf8 } from "../wire/bytes.ts";
import type { DeflateParameters } from "../wire/deflate-parameters.ts";
import { DeflateWriter } from "../wire/deflate-writer.ts";
import { continuation, type FrameSpec, ping, text } from "../wire/frame.ts";
import { compressedBinary, compressedText, openDeflated } from "./deflate-session.ts";
import { AFTER_FAULT, describeInput, failureInWords } from "./script.ts";

const HELLO = hex("f2 48 cd c9 c9 07 00");
const HELLO_AGAIN = hex("f2 00 11 00 00");
/** What does not inflate: the data is not what its type says, or breaks the protocol, or cannot be dealt with. */
const BAD_DATA = [1007, 1002, 1003];

interface Fault {
  readonly id: string;
  readonly title: string;
  readonly section: string;
  readonly send: readonly FrameSpec[];
  readonly codes: readonly number[];
  /** "Hello" comes whole before the fault and has to be echoed. */
  readonly after?: true;
  readonly wanted?: Partial<DeflateParameters>;
  /** Our window must not outlive a message, or the input is no fault. */
  readonly forgetful?: true;
}

const reserved = (id: string, title: string, send: readonly FrameSpec[]): Fault => {
  return { id, title, section: "RFC 7692 6; RFC 6455 5.2", send, codes: [1002] };
};

const data = (id: string, title: string, payload: Uint8Array): Fault => {
  return { id, title, section: "RFC 7692 7.2.2", send: compressedBinary(payload), codes: BAD_DATA };
};

const faults: readonly Fault[] = [
  reserved("DF-18.1", "RSV1 on a Ping", [{ opcode: 9, rsv: 4 }]),
  reserved("DF-18.2", "RSV1 on a Pong", [{ opcode: 10, rsv: 4, payload: utf8("x") }]),
  reserved("DF-18.3", "RSV1 on a Close", [{ opcode: 8, rsv: 4, payload: hex("03 e8") }]),
  reserved("DF-18.4", "RSV1 on a Ping between fragments", [
    ...compressedText(HELLO, [3]).slice(0, 1),
    { opcode: 9, rsv: 4 },
  ]),
  reserved("DF-19.1", "RSV1 on a continuation of a compressed message", [
    ...compressedText(HELLO, [3]).slice(0, 1),
    continuation(HELLO.subarray(3), { rsv: 4 }),
  ]),
  reserved("DF-19.2", "RSV1 on a continuation of an uncompressed message", [
    text("He", { fin: false }),
    continuation("llo", { rsv: 4 }),
  ]),
  reserved("DF-23.1", "RSV2 on a compressed message", [{ opcode: 1, rsv: 6, payload: HELLO }]),
  reserved("DF-23.2", "RSV3 on a compressed message", [{ opcode: 1, rsv: 5, payload: HELLO }]),
  reserved("DF-23.3", "RSV2 on an uncompressed message", [text("Hello", { rsv: 2 })]),
  data("DF-29.1", "A block of type 3", new DeflateWriter().block(3).bits(0x1234, 16).message()),
  data("DF-29.2", "A stored block whose length and complement differ", hex("00 05 00 05 00 48 65 6c 6c 6f 00")),
  data("DF-29.3", "A distance beyond the first byte", new DeflateWriter().block(1).match(3, 1).end().message()),
  data(
    "DF-29.4",
    "A distance beyond what the message holds",
    new DeflateWriter().block(1).literals(utf8("Hello")).match(5, 6).end().message(),
  ),
  data("DF-29.5", "A reserved length symbol", new DeflateWriter().block(1).symbol(286).end().message()),
  data(
    "DF-29.6",
    "A reserved distance symbol",
    new DeflateWriter().block(1).literals(utf8("abc")).symbol(257).bits(0b01111, 5).end().message(),
  ),
  data("DF-29.7", "Noise", hex("ff ff ff ff ff ff ff ff")),
  data(
    "DF-29.8",
    "A dynamic block with too many codes of one length",
    new DeflateWriter().block(2).bits(0, 5).bits(0, 5).bits(15, 4).bits(0x24924924, 30).bits(0x24924924, 27).message(),
  ),
  {
    id: "DF-29.9",
    title: "Bad data in the second of two messages",
    section: "RFC 7692 7.2.2",
    send: [...compressedText(HELLO), ...compressedText(new DeflateWriter().block(3).message())],
    codes: BAD_DATA,
    after: true,
  },
  {
    id: "DF-29.10",
    title: "Bad data in the last fragment",
    section: "RFC 7692 7.2.2",
    send: compressedText(concatBytes([hex("f2 48 cd"), hex("ff ff ff ff")]), [3]),
    codes: BAD_DATA,
  },
  {
    id: "DF-15.1",
    title: "The second message refers to the first, though that was agreed to be forgotten",
    section: "RFC 7692 7.1.1",
    send: [...compressedText(HELLO), ...compressedText(HELLO_AGAIN)],
    codes: BAD_DATA,
    after: true,
    wanted: { clientNoTakeover: true, serverNoTakeover: true },
    forgetful: true,
  },
  ...(
    [
      ["UT-4.1", "an overlong form", "48 c0 80"],
      ["UT-4.2", "a surrogate", "ed a0 80"],
      ["UT-4.3", "a sequence without its end", "48 65 e2 82"],
      ["UT-4.4", "a lone continuation byte", "80"],
    ] as const
  ).map(([id, title, bytes]): Fault => {
    const payload = new DeflateWriter().block(1).literals(hex(bytes)).end().message();
    const section = "RFC 6455 8.1; RFC 7692 7.2.2";
    return { id, title: `Text that inflates to ${title}`, section, send: compressedText(payload), codes: [1007] };
  }),
];

async function runFault(context: CaseContext, fault: Fault): Promise<void> {
  const { peer, ours } = await openDeflated(context, fault.wanted);
  if (fault.forgetful === true && ours.takeover) context.skip("the testee agrees to keep our window all the same");
  await peer.send(...fault.send, ...AFTER_FAULT);
  const before = fault.after === true ? [textMessage("Hello")] : [];
  await expectFailure(peer, { codes: fault.codes, poison: ["after the fault"], before });
}

/** Compressed messages that break RFC 7692 or do not inflate. */
export const deflateFaultCases: readonly ConformanceCase[] = [
  ...faults.flatMap((fault) =>
    defineCase({
      ...fault,
      roles: ROLES,
      deliveries: DELIVERIES,
      needs: { compression: true },
      input: describeInput(fault.send),
      expectation: failureInWords(fault.codes),
      run: (context) => runFault(context, fault),
    }),
  ),
  ...(
    [
      ["DF-22.1", "A compressed message, though nothing was agreed", compressedText(HELLO)],
      ["DF-22.2", "A compressed, fragmented message, though nothing was agreed", compressedText(HELLO, [3])],
      ["DF-22.3", "An empty message with RSV1, though nothing was agreed", compressedText(new Uint8Array(0))],
    ] as const
  ).flatMap(([id, title, send]) =>
    defineCase({
      id,
      title,
      section: "RFC 6455 5.2",
      roles: ROLES,
      deliveries: DELIVERIES,
      input: describeInput(send),
      expectation: failureInWords([1002]),
      async run(context) {
        const peer = await context.open();
        await peer.send(...send, ...AFTER_FAULT);
        await expectFailure(peer, { codes: [1002], poison: ["after the fault"] });
      },
    }),
  ),
  ...defineCase({
    id: "DF-17.10",
    title: "RSV1 and no payload at all",
    section: "RFC 7692 7.2.3.6",
    roles: ROLES,
    needs: { compression: true },
    input: "c1 00, then a Ping (masked towards a server)",
    expectation: "No rule covers it: taken as an empty message, or failed. The testee does not hang.",
    run: (context) => reportChoice(context, compressedText(new Uint8Array(0))),
  }),
  ...(
    [
      ["DF-29.20", "A message that ends in the middle of a block", HELLO.subarray(0, 3), "c1 03 f2 48 cd"],
      ["DF-29.21", "A message that ends in the lengths of a block's codes", hex("04 00"), "c1 02 04 00"],
    ] as const
  ).flatMap(([id, title, payload, input]) =>
    defineCase({
      id,
      title,
      section: "RFC 7692 7.2.2",
      roles: ROLES,
      needs: { compression: true },
      input: `${input}, then a Ping (masked towards a server)`,
      expectation: "No complete DEFLATE stream, so best failed; RFC 7692 does not say that a receiver has to notice.",
      async run(context) {
        const { peer } = await openDeflated(context);
        await peer.send(...compressedText(payload), ping("next"));
        const event = await outcomeOf(context, peer);
        if (event === undefined || event.type === "message") {
          return context.inform("the testee takes a message whose data breaks off for a whole one");
        }
        if (event?.type === "close" && !BAD_DATA.includes(event.code ?? 0)) {
          context.nonStrict(`the Close frame has code ${event.code ?? "(none)"}, not ${BAD_DATA.join(" or ")}`);
        }
      },
    }),
  ),
];

/** What the testee made of the message, whether its Pong for the Ping behind it comes first or not. */
async function outcomeOf(context: CaseContext, peer: Peer): Promise<PeerEvent | undefined> {
  const event = await peer.next(context.testee.deadlines.answer);
  return event?.type === "pong" ? peer.next(1_000) : event;
}

async function reportChoice(context: CaseContext, frames: readonly FrameSpec[]): Promise<void> {
  const { peer } = await openDeflated(context);
  await peer.send(...frames, ping("next"));
  const event = await outcomeOf(context, peer);
  if (event === undefined) return context.nonStrict("the testee drops the message");
  if (event.type === "message") {
    return context.inform(`the testee takes it for a message of ${event.payload.length} bytes`);
  }
  context.inform(event.type === "close" ? `the testee fails the connection with ${event.code}` : "it closes TCP");
}
