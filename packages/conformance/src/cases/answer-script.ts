import { type CaseContext, type ConformanceCase, defineCase, type Needs } from "../case.ts";
import { CaseFailure } from "../case-failure.ts";
import { closeNormally, expectAll, expectEnd, textMessage } from "../expectations.ts";
import { answerOptions, clientKey, responseFields } from "../opening.ts";
import type { OpenOptions, Peer } from "../peer.ts";
import { concatBytes, toHex } from "../wire/bytes.ts";
import { ping, text } from "../wire/frame.ts";
import { encodeHead } from "../wire/http-head.ts";
import { editFields, type FieldEdits } from "./request-script.ts";

/** How a server's answer departs from the good 101. */
export interface AnswerShape {
  readonly startLine?: string;
  readonly edits?: FieldEdits | ((peer: Peer) => FieldEdits);
  /** Reworks the finished head, where what is wrong is no field. */
  readonly rework?: (head: string) => string;
  readonly choose?: OpenOptions;
}

/** The head of an answer of that shape; one character is one byte. */
export function shapeAnswer(peer: Peer, shape: AnswerShape): Uint8Array {
  const edits = typeof shape.edits === "function" ? shape.edits(peer) : shape.edits;
  const fields = editFields(responseFields(clientKey(peer), answerOptions(peer, shape.choose)), edits ?? {});
  const head = encodeHead(shape.startLine ?? "HTTP/1.1 101 Switching Protocols", fields);
  if (shape.rework === undefined) return head;
  return Uint8Array.from(Buffer.from(shape.rework(Buffer.from(head).toString("latin1")), "latin1"));
}

/**
 * Requires that the client did not take the connection as open: it sends nothing more, above all no echo, and closes TCP
 * (RFC 6455 4.1: _Fail the WebSocket Connection_). A response that is no 101 may have a body, which ends with our FIN; until then a
 * client may read on.
 */
export async function expectGivenUp(peer: Peer, status = 101): Promise<void> {
  const patience = peer.settings.testee.deadlines.close;
  let end = await peer.waitForEnd(status === 101 ? patience : 200);
  if (end === undefined && status !== 101) {
    peer.transport.end();
    end = await peer.waitForEnd(patience);
  }
  const received = await peer.readBody(65_536, 0);
  if (received.length > 0) {
    throw new CaseFailure(`the client went on as if the handshake were good, and sent ${toHex(received, 24)}`);
  }
  if (end === undefined) throw new CaseFailure(`the client still holds the connection after ${patience} ms`);
}

/** Requires that the client took the connection as open: a message goes to and fro. */
export async function expectOpened(peer: Peer): Promise<void> {
  await peer.send(text("opened"));
  await expectAll(peer, textMessage("opened"));
  await closeNormally(peer);
}

/**
 * Whether the client opened, where it may choose: it echoes a message, or closes. One that does neither waits for more of a
 * response, which is no fault, until the response ends.
 */
async function opens(peer: Peer): Promise<boolean> {
  const { deadlines } = peer.settings.testee;
  await peer.send(text("opened"));
  const event = await peer.next(Math.min(1_000, deadlines.answer));
  if (event?.type === "message") return true;
  if (event !== undefined) return false;
  peer.transport.end();
  await expectEnd(peer);
  return false;
}

/** What a client has to make of an answer. */
export type AnswerOutcome =
  /** A good 101: the connection is open. */
  | "open"
  /** The client has to fail the connection (RFC 6455 4.1). */
  | "fail"
  /** No rule says so outright: to open it all the same is non-strict. */
  | "prefer-fail"
  /** Good by the letter of HTTP: to fail it is non-strict. */
  | "prefer-open"
  /** The RFCs leave it open. */
  | "either";

/** One row of a table of answers. */
export interface AnswerRow extends AnswerShape {
  readonly id: string;
  readonly title: string;
  readonly section: string;
  readonly outcome: AnswerOutcome;
  readonly input: string;
  readonly expectation?: string;
  readonly covers?: readonly string[];
  readonly needs?: Needs;
}

const EXPECTATIONS: Readonly<Record<AnswerOutcome, string>> = {
  open: "The connection is open: a message is echoed, and the closing handshake is clean.",
  fail: "The client fails the connection: no frame is sent, the message behind the head is not echoed, TCP is closed.",
  "prefer-fail": "The client fails the connection; to take it as open is against good practice.",
  "prefer-open": "The connection is open; to fail it is permitted, but not recommended.",
  either: "The connection is open or failed, as the client likes; it does not hang.",
};

/** Makes a case of each row, for clients. */
export function answerCases(rows: readonly AnswerRow[]): ConformanceCase[] {
  return rows.flatMap((row) =>
    defineCase({
      roles: ["client"],
      deliveries: row.outcome === "open" ? ["whole", "bytes", "splits"] : ["whole"],
      expectation: EXPECTATIONS[row.outcome],
      ...row,
      run: (context) => runAnswer(context, row),
    }),
  );
}

async function runAnswer(context: CaseContext, row: AnswerRow): Promise<void> {
  const peer = await context.connect();
  const head = shapeAnswer(peer, row);
  if (row.outcome === "fail") {
    await peer.sendHead(concatBytes([head, peer.encode(ping("refused"), text("refused"))]), context.delivery);
    return expectGivenUp(peer, statusIn(row.startLine));
  }
  await peer.sendHead(head, context.delivery);
  if (row.outcome === "open") return expectOpened(peer);
  const opened = await opens(peer);
  if (row.outcome === "either") context.inform(opened ? "the client opened the connection" : "the client failed it");
  if (row.outcome === "prefer-fail" && opened) context.nonStrict("the client took the connection as open");
  if (row.outcome === "prefer-open" && !opened) context.nonStrict("the client failed the connection");
}

/** The status that a client reads from a start line of ours; 101 where there is none to read. */
function statusIn(startLine: string | undefined): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(startLine ?? "")?.[1] ?? 101);
}
