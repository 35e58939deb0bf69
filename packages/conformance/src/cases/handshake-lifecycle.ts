import { type CaseContext, type ConformanceCase, defineCase } from "../case.ts";
import { CaseFailure } from "../case-failure.ts";
import { closeNormally, expectAll, expectCloseAnswer, textMessage } from "../expectations.ts";
import { pause } from "../pause.ts";
import { freshKey } from "../wire/accept-key.ts";
import { utf8 } from "../wire/bytes.ts";
import { close, text } from "../wire/frame.ts";
import { expectStillServing, shapeRequest } from "./request-script.ts";

/** Connections of one case that are opened to be dropped. */
const DROPS = 50;

/** Requires that nothing the peer did to one connection hurts another that is open all the while. */
async function besideOther(context: CaseContext, drop: () => Promise<void>): Promise<void> {
  const other = await context.open();
  await drop();
  await other.send(text("unharmed"));
  await expectAll(other, textMessage("unharmed"));
  await closeNormally(other);
  await expectStillServing(context);
}

/** Faults of the transport around the opening handshake, and what of the lifecycle is seen there. */
export const handshakeLifecycleCases: readonly ConformanceCase[] = [
  ...defineCase({
    id: "LC-2.1",
    title: "RST while the 101 is on its way",
    section: "RFC 6455 4.2.2",
    roles: ["server"],
    input: `A good request and RST 0 to 5 ms later, ${DROPS} times.`,
    expectation: "Connections beside it and after it are served.",
    run: (context) =>
      besideOther(context, async () => {
        for (let drop = 0; drop < DROPS; drop += 1) {
          const peer = await context.connect();
          await peer.sendBytes(shapeRequest(peer, freshKey(), {}), "whole");
          await pause(drop % 6);
          peer.transport.reset();
        }
      }),
  }),
  ...defineCase({
    id: "LC-4.10",
    title: "FIN in the middle of the request",
    section: "RFC 9112 8",
    roles: ["server"],
    input: "Half of a good request, then FIN.",
    expectation: "The server closes its side too: the request can never be complete.",
    async run(context) {
      const peer = await context.connect();
      await peer.sendBytes(shapeRequest(peer, freshKey(), {}).subarray(0, 60), "whole");
      peer.transport.end();
      const patience = context.testee.deadlines.close;
      if ((await peer.waitForEnd(patience)) === undefined) {
        context.nonStrict(`the server still holds the connection ${patience} ms after the FIN`);
      }
      await expectStillServing(context);
    },
  }),
  ...defineCase({
    id: "LC-10.1",
    title: "TCP is never closed behind the closing handshake",
    section: "RFC 6455 7.1.1",
    roles: ["client"],
    needs: { closeTimeout: true },
    timeout: 60_000,
    input: "Close 1000, its answer, and then neither FIN nor anything else.",
    expectation: "The client closes TCP itself after its close timeout.",
    async run(context) {
      const peer = await context.open();
      await peer.send(close(1000));
      const answer = await peer.next(context.testee.deadlines.answer);
      if (answer?.type !== "close") throw new CaseFailure("our Close was not answered");
      const { closeTimeout, close: slack } = context.testee.deadlines;
      const began = performance.now();
      if ((await peer.readToEnd(closeTimeout + slack)) === undefined) {
        throw new CaseFailure(`the client holds the connection ${closeTimeout + slack} ms after the closing handshake`);
      }
      context.log.event(`closed after ${Math.round(performance.now() - began)} ms of ${closeTimeout}`);
    },
  }),
  ...defineCase({
    id: "LC-10.2",
    title: "A peer that never closes TCP after it failed the connection",
    section: "RFC 6455 7.1.7",
    roles: ["server"],
    timeout: 60_000,
    needs: { closeTimeout: true },
    input: "A frame with RSV3, and then a byte every 100 ms, for ever.",
    expectation: "The server lets go of the connection within its close timeout: bytes are answered with RST.",
    async run(context) {
      const peer = await context.open();
      await peer.sendBytes(peer.encode(text("x", { rsv: 1 })), "whole");
      const { closeTimeout, close: slack } = context.testee.deadlines;
      const deadline = performance.now() + closeTimeout + slack;
      while (await peer.transport.write(Uint8Array.of(0))) {
        if (performance.now() > deadline) throw new CaseFailure(`still open after ${closeTimeout + slack} ms`);
        await pause(100);
      }
    },
  }),
  ...defineCase({
    id: "LC-18.1",
    title: "Close right behind the handshake",
    section: "RFC 6455 7.1.2",
    roles: ["server", "client"],
    deliveries: ["whole", "bytes", "splits"],
    input: "Close 1000 as the first frame there is.",
    expectation: "One Close in answer, then TCP closed; nothing else.",
    async run(context) {
      const peer = await context.open();
      await peer.send(close(1000, "first frame"));
      await expectCloseAnswer(peer, { codes: [1000] });
    },
  }),
  ...defineCase({
    id: "SH-40.1",
    title: "A request at one byte a second",
    section: "RFC 6455 10; CVE-2018-12122",
    roles: ["server"],
    needs: { handshakeTimeout: true },
    timeout: 120_000,
    input: "20 connections that send one byte of a good request a second, and good clients meanwhile.",
    expectation: "The slow ones are closed after the handshake timeout, the good ones served at once.",
    async run(context) {
      const { handshakeTimeout, close: slack } = context.testee.deadlines;
      const slow = await Promise.all(Array.from({ length: 20 }, () => context.connect()));
      const drip = setInterval(() => {
        for (const peer of slow) void peer.transport.write(utf8("G"));
      }, 1_000);
      try {
        await expectStillServing(context);
        const ends = await Promise.all(slow.map((peer) => peer.waitForEnd(handshakeTimeout + slack)));
        const open = ends.filter((end) => end === undefined).length;
        if (open > 0) throw new CaseFailure(`${open} of 20 are still open after ${handshakeTimeout + slack} ms`);
        await expectStillServing(context);
      } finally {
        clearInterval(drip);
      }
    },
  }),
];
