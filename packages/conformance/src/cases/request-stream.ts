import { type CaseContext, type ConformanceCase, defineCase } from "../case.ts";
import { CaseFailure } from "../case-failure.ts";
import { describeEvent } from "../expectations.ts";
import { requestFields } from "../opening.ts";
import { pause } from "../pause.ts";
import type { Peer } from "../peer.ts";
import { freshKey } from "../wire/accept-key.ts";
import { concatBytes, utf8 } from "../wire/bytes.ts";
import { ping, text } from "../wire/frame.ts";
import { encodeHead, endOfHead, parseHead, statusOf } from "../wire/http-head.ts";
import { expectStillServing, type RequestShape, shapeRequest } from "./request-script.ts";

/** In every frame that must not be processed, so that an answer to it can be told from anything else. */
const MARKER = "smuggled-frame-7f3a";

/** A Ping and a text message that no one may answer. */
function markedFrames(peer: Peer): Uint8Array {
  return peer.encode(ping(MARKER), text(MARKER));
}

/** The rest of the stream, heads and all, until the testee closes or is quiet. */
function rest(peer: Peer): Promise<Uint8Array> {
  return peer.readBody(1 << 20, 400);
}

function requireUnanswered(received: Uint8Array, why: string): void {
  // An HTTP error may quote what it could not read; a frame is told by its header.
  const found = [0x8a, 0x81].some((first) => {
    const frame = concatBytes([Uint8Array.of(first, MARKER.length), utf8(MARKER)]);
    return Buffer.from(received).includes(Buffer.from(frame));
  });
  if (found) throw new CaseFailure(why);
}

function countResponses(received: Uint8Array): number {
  return (
    Buffer.from(received)
      .toString("latin1")
      .split(/HTTP\/1\.[01] \d{3}/).length - 1
  );
}

/** SH-14: what follows a refused handshake is never a frame. */
function refusedThenFrames(id: string, title: string, shape: RequestShape): ConformanceCase[] {
  return defineCase({
    id,
    title: `Frames behind a refused handshake: ${title}`,
    section: "RFC 6455 4.2.2",
    roles: ["server"],
    deliveries: ["whole", "splits"],
    input: "A handshake that must be refused, with a Ping and a text message behind it.",
    expectation: "The frames are not processed: no Pong, no echo. The connection ends, or goes on as strict HTTP.",
    async run(context) {
      const peer = await context.connect();
      const head = shapeRequest(peer, freshKey(), shape);
      await peer.sendHead(concatBytes([head, markedFrames(peer)]), context.delivery);
      const received = await rest(peer);
      requireUnanswered(received, "a frame that followed a refused handshake was answered");
      if (/^HTTP\/1\.1 101/.test(Buffer.from(received).toString("latin1"))) throw new CaseFailure("accepted with 101");
      await expectStillServing(context);
    },
  });
}

/** SH-30, SH-31: a handshake with a body. The body is refused or skipped; it is neither frames nor another request. */
function bodied(id: string, title: string, body: (peer: Peer) => Uint8Array, chunked: boolean): ConformanceCase[] {
  return defineCase({
    id,
    title: `A handshake with a body: ${title}`,
    section: "RFC 9112 6; CVE-2026-69243",
    roles: ["server"],
    deliveries: ["whole", "splits"],
    input: `A good request with ${chunked ? "`Transfer-Encoding: chunked`" : "`Content-Length`"} and ${title} in its body.`,
    expectation:
      "Refused (best with 400), or accepted with the body skipped; the body is never frames and never a request.",
    async run(context) {
      const peer = await context.connect();
      const content = body(peer);
      const edits = chunked ? { "Transfer-Encoding": "chunked" } : { "Content-Length": String(content.length) };
      const framed = chunked
        ? concatBytes([utf8(`${content.length.toString(16)}\r\n`), content, utf8("\r\n0\r\n\r\n")])
        : content;
      await peer.sendHead(concatBytes([shapeRequest(peer, freshKey(), { edits }), framed]), context.delivery);
      const received = await rest(peer);
      requireUnanswered(received, "the request's body was read as frames");
      const end = endOfHead(received);
      if (end === -1) return context.nonStrict("the server closed without a response");
      if (statusOf(parseHead(received.slice(0, end))) === 101) {
        if (received.length > end) throw new CaseFailure("the request's body was read as frames, which got an answer");
        context.nonStrict("the server accepts a handshake that has a body");
      } else if (countResponses(received) > 1) {
        throw new CaseFailure("the request's body was read as another request");
      }
      await expectStillServing(context);
    },
  });
}

/** SH-32: frames that follow the request before it is answered, cut into two segments at `cut` bytes from the head's end. */
async function runEarlyFrame(context: CaseContext, cut: number): Promise<void> {
  const peer = await context.connect();
  const key = freshKey();
  const head = encodeHead(`GET ${peer.target.resource} HTTP/1.1`, requestFields(peer, key));
  const all = concatBytes([head, peer.encode(text("hi"))]);
  const at = Math.max(1, Math.min(all.length - 1, head.length + cut));
  await peer.sendBytes(all.subarray(0, at), "whole");
  await pause(4);
  await peer.sendBytes(all.subarray(at), "whole");
  const answer = await peer.readHead();
  if (answer === undefined || statusOf(answer) !== 101) {
    context.inform("a server may refuse a client that does not wait for the 101");
    return;
  }
  const event = await peer.next(context.testee.deadlines.answer);
  if (event === undefined) throw new CaseFailure(`the message was lost (cut at ${cut} bytes from the head's end)`);
  if (event.type === "close" || event.type === "end") {
    context.inform("a server may fail a client that does not wait for the 101");
    return;
  }
  if (event.type !== "message" || !Buffer.from(event.payload).equals(Buffer.from("hi"))) {
    throw new CaseFailure(`${describeEvent(event)}, where the echo of "hi" was due (cut at ${cut})`);
  }
  const second = await peer.next(20);
  if (second?.type === "message") throw new CaseFailure(`the message was delivered twice (cut at ${cut})`);
  peer.transport.end();
}

function earlyFrame(id: string, group: "core" | "thorough", title: string, cuts: readonly number[]): ConformanceCase[] {
  return defineCase({
    id,
    title: `A message in the same segment as the request: ${title}`,
    section: "RFC 6455 4.1",
    group,
    roles: ["server"],
    timeout: 120_000,
    input: "A good request and `81 82 M 68 69` right behind it, in two segments cut at each of those places.",
    expectation: "The message is echoed exactly once after the 101, or the client is refused; it is never lost.",
    async run(context) {
      for (const cut of cuts) await runEarlyFrame(context, cut);
    },
  });
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** Bytes that are in the stream behind a request where nothing, or nothing but HTTP, may be (RFC 6455 4.1, RFC 9112). */
export const requestStreamCases: readonly ConformanceCase[] = [
  ...refusedThenFrames("SH-14.1", "wrong version", { edits: { "Sec-WebSocket-Version": "12" } }),
  ...refusedThenFrames("SH-14.2", "no key", { edits: { "Sec-WebSocket-Key": undefined } }),
  ...refusedThenFrames("SH-14.3", "wrong method", { method: "POST" }),
  ...refusedThenFrames("SH-14.4", "no Upgrade", { edits: { Upgrade: undefined } }),
  ...bodied("SH-30.1", "a Ping and a message", markedFrames, false),
  ...bodied("SH-30.2", "a request", (peer) => plainRequest(peer), false),
  ...bodied("SH-31.1", "a Ping and a message, chunked", markedFrames, true),
  ...bodied("SH-31.2", "a request, chunked", (peer) => plainRequest(peer), true),
  ...earlyFrame("SH-32.1", "core", "around the end of the head", range(-5, 7)),
  ...earlyFrame("SH-32.2", "thorough", "every place", range(-220, 7)),
  ...defineCase({
    id: "SH-42.1",
    title: "The HTTP/2 preface",
    section: "RFC 8441 4; RFC 9113 3.4",
    roles: ["server"],
    deliveries: ["whole", "splits"],
    input: "`PRI * HTTP/2.0` with an empty SETTINGS frame, to a port that speaks HTTP/1.1.",
    expectation: "An HTTP error, a closed connection, or HTTP/2; the server goes on serving others.",
    async run(context) {
      const peer = await context.connect();
      await peer.sendHead(utf8("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"), context.delivery);
      const received = await peer.readBody(65_536, 1_000);
      const [line = ""] = Buffer.from(received).toString("latin1").split("\r\n");
      if (/^HTTP\/1\.1 101/.test(line)) throw new CaseFailure("accepted with 101");
      context.inform(
        line.startsWith("HTTP/") ? `answered with ${line}` : `answered with ${received.length} other bytes`,
      );
      await expectStillServing(context);
    },
  }),
  ...defineCase({
    id: "SH-35.1",
    title: "A GET and a handshake in one segment",
    section: "RFC 9112 9.3.2",
    roles: ["server"],
    deliveries: ["whole", "bytes", "splits"],
    needs: { answersHttp: true },
    input: "A plain `GET` and a good opening handshake right behind it.",
    expectation: "The GET is answered first; the handshake second, or refused, or the connection closed.",
    async run(context) {
      const peer = await context.connect();
      const handshake = shapeRequest(peer, freshKey(), {});
      await peer.sendHead(concatBytes([plainRequest(peer), handshake]), context.delivery);
      const first = await peer.readHead();
      if (first === undefined) return context.nonStrict("the server closed without a response");
      if (statusOf(first) === 101) throw new CaseFailure("the handshake was answered before the GET");
      await expectStillServing(context);
    },
  }),
  ...defineCase({
    id: "SH-36.1",
    title: "2,000 plain GETs in one stream",
    section: "RFC 9112 9.3.2; CVE-2026-100658",
    group: "thorough",
    roles: ["server"],
    needs: { answersHttp: true },
    timeout: 60_000,
    input: "2,000 plain `GET` requests on one connection, not waiting for answers.",
    expectation: "Answered in order or the connection closed; others are served meanwhile.",
    async run(context) {
      const peer = await context.connect();
      const one = plainRequest(peer);
      const sending = peer.sendBytes(concatBytes(Array.from({ length: 2_000 }, () => one)), "whole");
      await expectStillServing(context);
      const received = await peer.readBody(8 << 20, 1_000);
      if (countResponses(received) === 0) context.nonStrict("the server closed without a response");
      peer.transport.dispose();
      await sending;
      await expectStillServing(context);
    },
  }),
];

function plainRequest(peer: Peer): Uint8Array {
  return utf8(`GET /no-such-resource HTTP/1.1\r\nHost: ${peer.target.authority}\r\n\r\n`);
}
