import { type CaseContext, type ConformanceCase, defineCase, ROLES } from "../case.ts";
import { CutFrame, Overdue, UnexpectedClose } from "../case-failure.ts";
import {
  binaryMessage,
  type Expected,
  expectAll,
  expectCloseAnswer,
  expectFailure,
  pongFor,
  textMessage,
} from "../expectations.ts";
import type { Peer } from "../peer.ts";
import { concatBytes } from "../wire/bytes.ts";
import { binary, close, type FrameSpec, ping, text } from "../wire/frame.ts";
import { shapeAnswer } from "./answer-script.ts";
import { noise } from "./pattern.ts";
import { AFTER_FAULT } from "./script.ts";

const WORDS: readonly FrameSpec[] = [text("first"), ping("p"), binary(noise(300))];
const ECHOES: readonly Expected[] = [textMessage("first"), binaryMessage(noise(300))];

/** Whether the answers came. Who sees the end first and leaves them out has lost what it could have said: allowed. */
async function answers(context: CaseContext, peer: Peer, why: string, closing = false): Promise<boolean> {
  try {
    // Who has our Close frame need not answer a Ping any more (RFC 6455 5.5.2).
    await expectAll(peer, ...ECHOES, pongFor("p", closing));
    return true;
  } catch (error) {
    const cut = error instanceof CutFrame && error.isEcho && !closing;
    if (!(error instanceof UnexpectedClose || cut)) throw error;
    context.nonStrict(`${why}: ${error.message}`);
    return false;
  }
}

/** The peer's FIN ends its direction only: what it has asked before is owed an answer, which it can still read. */
async function expectAnswersAndEnd(context: CaseContext, peer: Peer): Promise<void> {
  peer.transport.end();
  if (!(await answers(context, peer, "what came before FIN was not answered"))) return;
  if ((await peer.readToEnd(context.testee.deadlines.close)) === undefined) {
    throw new Overdue("TCP stays half open after our FIN");
  }
}

/** What right behind the 101 ends the connection, in the same stream of bytes. */
interface Ending {
  readonly id: string;
  readonly title: string;
  readonly input: string;
  readonly expectation: string;
  readonly last: readonly FrameSpec[];
  expect(context: CaseContext, peer: Peer): Promise<void>;
}

const ENDINGS: readonly Ending[] = [
  {
    id: "CH-14.30",
    title: "The 101, messages and a Close frame in one stream",
    input: "A good 101 with a text message, a Ping, a binary message and `88 02 03 e8` right behind it.",
    expectation: "The messages are echoed before the Close frame is answered.",
    last: [close(1000)],
    async expect(context, peer) {
      if (await answers(context, peer, "messages before the Close frame were not echoed", true)) {
        await expectCloseAnswer(peer, { codes: [1000] });
      }
    },
  },
  {
    id: "CH-14.31",
    title: "The 101, messages and a fault in one stream",
    input: "The same with a reserved opcode in the place of the Close frame.",
    expectation: "All are answered, then the connection is failed with 1002.",
    last: [{ opcode: 3 }, ...AFTER_FAULT],
    async expect(context, peer) {
      if (await answers(context, peer, "messages before the fault were not echoed")) {
        await expectFailure(peer, { codes: [1002], poison: ["after the fault"] });
      }
    },
  },
  {
    id: "CH-14.32",
    title: "The 101, messages and FIN in one stream",
    input: "The same with FIN in the place of the Close frame.",
    expectation: "All are answered, then TCP is closed.",
    last: [],
    expect: expectAnswersAndEnd,
  },
];

/** What was said before the connection ends, however it ends: it was received in time, and nothing excuses its loss. */
export const lastWordsCases: readonly ConformanceCase[] = [
  ...ENDINGS.flatMap(({ last, expect, ...spec }) =>
    defineCase({
      ...spec,
      section: "RFC 6455 4.1",
      roles: ["client"],
      deliveries: ["whole", "splits"],
      async run(context) {
        const peer = await context.connect();
        const stream = concatBytes([shapeAnswer(peer, {}), peer.encode(...WORDS, ...last)]);
        await peer.sendHead(stream, context.delivery);
        await expect(context, peer);
      },
    }),
  ),
  ...defineCase({
    id: "LC-14.1",
    title: "Messages, a Ping and FIN without a Close frame",
    section: "RFC 6455 5.5.2; RFC 9293 3.6",
    roles: ROLES,
    deliveries: ["whole", "splits"],
    covers: ["LC-14"],
    input: "A text message, a Ping and a binary message, and FIN right behind them.",
    expectation: "All are answered, then TCP is closed.",
    async run(context) {
      const peer = await context.open();
      await peer.send(...WORDS);
      await expectAnswersAndEnd(context, peer);
    },
  }),
  ...defineCase({
    id: "CT-11.10",
    title: "Messages, two Pings and a Close frame in one write",
    section: "RFC 6455 5.5.2, 5.5.3",
    roles: ROLES,
    deliveries: ["whole", "splits"],
    covers: ["CT-11"],
    input: "Two text messages of 500 bytes, two Pings and `88 02 03 e8` right behind them.",
    expectation: "The messages are echoed and at least the last Ping is answered, then the Close frame.",
    async run(context) {
      const peer = await context.open();
      const message = "long enough to fill a write".padEnd(500, ".");
      await peer.send(text(message), text(message), ping("1"), ping("2"), close(1000));
      try {
        await expectAll(peer, textMessage(message), textMessage(message), pongFor("1", true), pongFor("2"));
      } catch (error) {
        if (!(error instanceof UnexpectedClose)) throw error;
        context.nonStrict(`not all that came before the Close frame was answered: ${error.message}`);
        return;
      }
      await expectCloseAnswer(peer, { codes: [1000] });
    },
  }),
];
