import { CaseFailure, CutFrame, Overdue, UnexpectedClose } from "./case-failure.ts";
import type { CloseEvent, MessageEvent, PeerEvent } from "./inbound.ts";
import type { Peer } from "./peer.ts";
import { equalBytes, toHex, utf8 } from "./wire/bytes.ts";
import { close, pong } from "./wire/frame.ts";
import { OPCODE, opcodeName } from "./wire/opcode.ts";

/** Something the testee has to send. */
export type Expected =
  | { readonly type: "message"; readonly opcode: number; readonly payload: Uint8Array }
  /** `optional`: an endpoint may leave it out, because a later Ping was answered (RFC 6455 5.5.3). */
  | { readonly type: "pong"; readonly payload: Uint8Array; readonly optional?: boolean };

/** A text message. */
export function textMessage(payload: string | Uint8Array): Expected & { type: "message" } {
  return { type: "message", opcode: OPCODE.text, payload: typeof payload === "string" ? utf8(payload) : payload };
}

/** A binary message. */
export function binaryMessage(payload: Uint8Array): Expected & { type: "message" } {
  return { type: "message", opcode: OPCODE.binary, payload };
}

/** The Pong for a Ping of that payload. */
export function pongFor(payload: string | Uint8Array, optional = false): Expected & { type: "pong" } {
  return { type: "pong", payload: typeof payload === "string" ? utf8(payload) : payload, optional };
}

/**
 * Requires all of `expected`: messages in their order, Pongs in theirs, the two kinds in any mix, since an echo may wait for
 * the application where a Pong need not. Pings are answered, Pongs nobody asked for are allowed (RFC 6455 5.5.3).
 */
export async function expectAll(peer: Peer, ...expected: readonly Expected[]): Promise<void> {
  const messages = expected.filter((item) => item.type === "message");
  const pongs = expected.filter((item) => item.type === "pong");
  const bytes = messages.reduce((sum, { payload }) => sum + payload.length, 0);
  const patience = peer.settings.testee.deadlines.answer + Math.floor(bytes / 65_536) * 64;
  while (messages.length > 0 || pongs.some(({ optional }) => optional !== true)) {
    const event = await peer.next(patience);
    const missing = messages[0] ?? pongs[0];
    if (event === undefined) throw new Overdue(`nothing came for ${patience} ms, where ${describe(missing)} was due`);
    if (event.type === "message") matchMessage(event, messages.shift());
    else if (event.type === "pong") matchPong(event.payload, pongs);
    else if (event.type === "ping") await peer.send(pong(event.payload));
    else throw new UnexpectedClose(`${describeEvent(event)}, where ${describe(missing)} was due`);
  }
}

function matchMessage(event: MessageEvent, wanted: (Expected & { type: "message" }) | undefined): void {
  if (wanted === undefined) throw new CaseFailure(`an unexpected message came: ${describeEvent(event)}`);
  if (event.opcode !== wanted.opcode) {
    throw new CaseFailure(
      `a ${opcodeName(wanted.opcode)} message came back as ${opcodeName(event.opcode)} (RFC 6455 5.6)`,
    );
  }
  if (equalBytes(event.payload, wanted.payload)) return;
  throw new CaseFailure(`the echo differs: ${describeEvent(event)}, where ${describe(wanted)} was due`);
}

function matchPong(payload: Uint8Array, pongs: (Expected & { type: "pong" })[]): void {
  const at = pongs.findIndex((wanted) => equalBytes(wanted.payload, payload));
  if (at === -1) return;
  const skipped = pongs.slice(0, at).find(({ optional }) => optional !== true);
  if (skipped !== undefined) throw new CaseFailure(`a Pong came before that of an earlier Ping (${describe(skipped)})`);
  pongs.splice(0, at + 1);
}

/** What a case requires when the testee has to _Fail the WebSocket Connection_ (RFC 6455 7.1.7). */
export interface Failure {
  /** Close codes that name the fault rightly. Another one that may be sent at all is `non-strict`. */
  readonly codes: readonly number[];
  /** Messages that were complete before the fault; whether the application still echoes them is only noted. */
  readonly before?: readonly (Expected & { type: "message" })[];
  /** Milliseconds until the testee must have reacted, where its `close` deadline is too short for what it has to do. */
  readonly patience?: number;
  /** What we send is an attack, against which any means will do (RFC 6455 7.1.1): a reset is as good as FIN. */
  readonly underAttack?: boolean;
  /** Payloads of Pings sent after the fault: a Pong for one of them shows that input was still processed. */
  readonly poison?: readonly string[];
}

/**
 * Requires that the testee failed the connection: at most the echoes of what came before the fault, one Close frame with
 * the right code, then TCP closed in order. RFC 6455 7.1.7 makes the Close frame and its code a SHOULD and the closed
 * connection a MUST.
 */
export async function expectFailure(peer: Peer, failure: Failure): Promise<void> {
  const { settings } = peer;
  const before = [...(failure.before ?? [])];
  const patience = failure.patience ?? settings.testee.deadlines.close;
  let closed: CloseEvent | undefined;
  for (;;) {
    const event = await nextAfterFault(
      peer,
      closed === undefined ? patience : 1_000,
      closed === undefined && before.length > 0,
    );
    if (event === undefined) {
      if (closed === undefined) throw new Overdue(`the connection was not failed within ${patience} ms`);
      await finishLateClose(peer);
      break;
    }
    if (event.type === "end") {
      if (event.how === "reset" && failure.underAttack === true) return noteCutOff(peer, closed, failure.codes);
      noteReset(peer, event.how);
      break;
    }
    if (event.type === "close") closed = event;
    else if (event.type === "message") {
      if (before.length === 0) throw new CaseFailure(`${describeEvent(event)} came after the fault`);
      matchMessage(event, before.shift());
    } else if (event.type === "pong" && (failure.poison ?? []).some((text) => equalBytes(utf8(text), event.payload))) {
      throw new CaseFailure("a Ping that followed the fault was answered (RFC 6455 7.1.7)");
    }
  }
  if (before.length > 0) settings.inform(`${before.length} messages that came before the fault were not echoed`);
  judgeCode(peer, closed, failure.codes);
}

/**
 * The next event. RFC 6455 7.1.7 allows to close TCP at once, so an echo that is still due may be cut off; nothing else may, and
 * nothing behind a Close frame.
 */
async function nextAfterFault(peer: Peer, milliseconds: number, echoDue: boolean): Promise<PeerEvent | undefined> {
  try {
    return await peer.next(milliseconds);
  } catch (error) {
    if (!(error instanceof CutFrame && error.isEcho && echoDue)) throw error;
    peer.settings.inform(error.message);
    return { type: "end", how: "fin", at: peer.settings.log.now() };
  }
}

/** A reset may have taken the Close frame with it while we were still sending. */
function noteCutOff(peer: Peer, closed: CloseEvent | undefined, codes: readonly number[]): void {
  if (closed === undefined) peer.settings.inform("the testee reset the connection before a Close frame could be read");
  else judgeCode(peer, closed, codes);
}

function judgeCode(peer: Peer, closed: CloseEvent | undefined, codes: readonly number[]): void {
  if (closed === undefined) {
    peer.settings.nonStrict("TCP was closed without a Close frame (RFC 6455 7.1.7: SHOULD)");
  } else if (closed.code === undefined || !codes.includes(closed.code)) {
    peer.settings.nonStrict(
      `the Close frame has code ${closed.code ?? "(none)"}, not ${codes.join(" or ")} (RFC 6455 7.4.1)`,
    );
  }
}

/** A testee that sent its Close frame may wait for our FIN if it is a client; a server has to close by itself. */
async function finishLateClose(peer: Peer): Promise<void> {
  const { role, nonStrict } = peer.settings;
  if (role === "server")
    nonStrict("the server waits after failing the connection, in place of closing TCP (RFC 6455 7.1.7)");
  if (!peer.closeSent) await peer.send(close(1002));
  peer.transport.end();
  await expectEnd(peer);
}

/** Requires that the testee closes TCP now, with nothing more said. */
export async function expectEnd(peer: Peer): Promise<void> {
  const { close: patience } = peer.settings.testee.deadlines;
  const event = await peer.next(patience);
  if (event === undefined) throw new Overdue(`TCP was not closed within ${patience} ms`);
  if (event.type !== "end") throw new CaseFailure(`${describeEvent(event)}, where TCP had to be closed`);
  noteReset(peer, event.how);
}

function noteReset(peer: Peer, how: "fin" | "reset"): void {
  if (how === "fin") return;
  peer.settings.nonStrict("TCP was reset in place of closed in order (RFC 6455 7.1.1: SHOULD)");
}

/** What a Close frame in answer to ours may say. */
export interface CloseAnswer {
  /** Codes that answer ours rightly; `undefined` in it allows an empty Close frame. */
  readonly codes: readonly (number | undefined)[];
}

/**
 * The rest of a closing handshake after our Close frame went out: echoes still on their way are passed over, then one Close frame,
 * then TCP closed, by the server first (RFC 6455 7.1.1).
 */
export async function expectCloseAnswer(peer: Peer, answer: CloseAnswer): Promise<void> {
  const { role, testee, nonStrict } = peer.settings;
  let event = await peer.next(testee.deadlines.close);
  while (event?.type === "message" || event?.type === "pong" || event?.type === "ping") {
    event = await peer.next(testee.deadlines.close);
  }
  if (event === undefined) throw new Overdue(`our Close was not answered within ${testee.deadlines.close} ms`);
  if (event.type !== "close") {
    throw new CaseFailure("TCP was closed without a Close frame in answer to ours (RFC 6455 5.5.1)");
  }
  if (!answer.codes.includes(event.code)) {
    const wanted = answer.codes.map((code) => code ?? "(none)").join(" or ");
    nonStrict(`the answering Close has code ${event.code ?? "(none)"}, not ${wanted} (RFC 6455 5.5.1)`);
  }
  if (role === "client") peer.transport.end();
  const end = await peer.next(role === "server" ? Math.min(1_500, testee.deadlines.close) : testee.deadlines.close);
  if (end?.type === "end") return noteReset(peer, end.how);
  if (end !== undefined) throw new CaseFailure(`${describeEvent(end)}, where TCP had to be closed`);
  if (role === "client") throw new Overdue("the client did not close TCP after the server had");
  nonStrict("the server did not close TCP first after the closing handshake (RFC 6455 7.1.1: SHOULD)");
  peer.transport.end();
  await expectEnd(peer);
}

/** Closes in order with 1000 and requires the same in return: the end of every case in which nothing was wrong. */
export async function closeNormally(peer: Peer): Promise<void> {
  await peer.send(close(1000));
  await expectCloseAnswer(peer, { codes: [1000] });
}

/** An expectation in words. */
export function describe(expected: Expected | undefined): string {
  if (expected === undefined) return "nothing";
  if (expected.type === "pong") return `a Pong of ${expected.payload.length} bytes (${toHex(expected.payload, 12)})`;
  return `a ${opcodeName(expected.opcode)} message of ${expected.payload.length} bytes (${toHex(expected.payload, 12)})`;
}

/** An event in words. */
export function describeEvent(event: PeerEvent): string {
  if (event.type === "message") return describe({ ...event, type: "message" });
  if (event.type === "close") return `a Close frame (${event.code ?? "no code"} ${JSON.stringify(event.reason)})`;
  if (event.type === "end") return event.how === "fin" ? "TCP was closed (FIN)" : "the connection was reset";
  return `a ${event.type} of ${event.payload.length} bytes`;
}
