import { type CaseContext, type ConformanceCase, defineCase, ROLES } from "../case.ts";
import { CaseFailure } from "../case-failure.ts";
import { binaryMessage, closeNormally, describeEvent, expectAll, expectEnd, textMessage } from "../expectations.ts";
import { pause } from "../pause.ts";
import type { Peer } from "../peer.ts";
import { equalBytes } from "../wire/bytes.ts";
import { binary, encodeFrame, text, ZERO_KEY } from "../wire/frame.ts";
import { noise } from "./pattern.ts";

const MIB = 1024 * 1024;

/** Attacks on a testee's memory and patience, as far as they can be seen on the wire (RFC 6455 10). */
export const resourceCases: readonly ConformanceCase[] = [
  ...defineCase({
    id: "RS-9.1",
    title: "A fault, then data without end, and we never close",
    section: "RFC 6455 7.1.7",
    roles: ROLES,
    timeout: 40_000,
    covers: ["CT-15"],
    input: "83 00, then 64 KiB at a time for up to 8 s; no FIN from us",
    expectation: "The testee closes its side, and after a while it stops taking our data: the connection is gone.",
    async run(context) {
      const peer = await context.open();
      await peer.send({ opcode: 3 });
      const sent = await floodUntilGone(peer, 8_000);
      if (!peer.transport.closed)
        context.nonStrict(`the testee still reads ${(sent / MIB).toFixed(0)} MiB after the fault`);
    },
  }),
  ...defineCase({
    id: "FR-16.1",
    title: "200 connections that declare a large message and send one byte of it",
    section: "RFC 6455 10.4",
    roles: ["server"],
    covers: ["RS-2"],
    timeout: 40_000,
    input: "200 x the header of a binary message of 16 MiB (or the testee's limit) and one byte",
    expectation: "A new connection is served as if nothing were.",
    async run(context) {
      const size = Math.min(16 * MIB, context.testee.maxMessageSize);
      const header = encodeFrame({ opcode: 2, declaredLength: size, payload: Uint8Array.of(1) }, ZERO_KEY);
      for (let batch = 0; batch < 10; batch += 1) {
        await Promise.all(
          Array.from({ length: 20 }, async () => {
            const peer = await context.open();
            await peer.sendBytes(header);
          }),
        );
      }
      await serves(context);
    },
  }),
  ...defineCase({
    id: "RS-3.1",
    title: "A frame of 128 KiB in writes of one byte",
    section: "RFC 6455 5.2",
    group: "thorough",
    roles: ROLES,
    timeout: 120_000,
    input: "a binary message of 131072 bytes, each byte in a write of its own",
    expectation: "The message is echoed.",
    async run(context) {
      const peer = await context.open();
      const payload = noise(131_072);
      const bytes = peer.encode(binary(payload));
      for (let at = 0; at < bytes.length; at += 1) {
        const written = peer.transport.write(bytes.subarray(at, at + 1));
        if (at % 16 === 15) await Promise.all([written, pause(0)]);
      }
      await expectAll(peer, binaryMessage(payload));
      await closeNormally(peer);
    },
  }),
  ...defineCase({
    id: "RS-10.1",
    title: "A flood whose echoes are not read",
    section: "advisory: backpressure",
    roles: ROLES,
    group: "thorough",
    timeout: 60_000,
    input:
      "messages of 64 KiB while we do not read, until the testee takes no more for 1.5 s, at most 96 MiB; then we read",
    expectation: "The testee stops reading before it holds 48 MiB, and every echo comes once we read.",
    async run(context) {
      const peer = await context.open();
      const payload = noise(65_536);
      const frame = peer.encode(binary(payload));
      peer.transport.pause();
      let sent = 0;
      let last: Promise<unknown> = Promise.resolve();
      while (sent < 96 * MIB) {
        last = peer.transport.write(frame);
        sent += payload.length;
        if (!(await within(last, 1_500))) break;
      }
      context.log.event(`${(sent / MIB).toFixed(0)} MiB were taken before the testee stopped reading`);
      if (sent > 48 * MIB)
        context.inform(`the testee took ${(sent / MIB).toFixed(0)} MiB while its echoes were not read`);
      peer.transport.resume();
      const expected = binaryMessage(payload);
      await expectAll(peer, ...Array<typeof expected>(sent / payload.length).fill(expected));
      await last;
      await closeNormally(peer);
    },
  }),
  ...defineCase({
    id: "LC-15.1",
    title: "Five messages of 1 MiB and a Close while we do not read",
    section: "RFC 6455 5.5.1",
    roles: ROLES,
    timeout: 40_000,
    needs: { maxMessageSize: MIB },
    input: "five binary messages of 1 MiB and a Close 1000; reading begins 300 ms later",
    expectation: "Whole echoes in order, then exactly one Close with 1000, then TCP closed in order.",
    async run(context) {
      const peer = await context.open();
      peer.transport.pause();
      const payload = noise(MIB);
      const messages = Array<ReturnType<typeof binary>>(5).fill(binary(payload));
      const sending = peer.sendBytes(peer.encode(...messages, { opcode: 8, payload: Uint8Array.of(3, 232) }), "whole");
      await new Promise((resolve) => setTimeout(resolve, 300));
      peer.transport.resume();
      const echoes = await echoesBeforeClose(peer, payload);
      if (echoes < 5) context.inform(`${echoes} of 5 messages were echoed before the Close frame`);
      await sending;
    },
  }),
];

/** Writes until the testee is gone or `milliseconds` are over; gives the bytes written. */
async function floodUntilGone(peer: Peer, milliseconds: number): Promise<number> {
  const chunk = noise(65_536);
  const deadline = performance.now() + milliseconds;
  let sent = 0;
  while (performance.now() < deadline && !peer.transport.closed) {
    await Promise.race([peer.transport.write(chunk), new Promise((resolve) => setTimeout(resolve, 250))]);
    sent += chunk.length;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return sent;
}

async function within(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  return Promise.race([promise.then(() => true), late]).finally(() => clearTimeout(timer));
}

async function echoesBeforeClose(peer: Peer, payload: Uint8Array): Promise<number> {
  const { testee, role } = peer.settings;
  let echoes = 0;
  let event = await peer.next(testee.deadlines.answer);
  for (; event?.type === "message"; event = await peer.next(testee.deadlines.answer)) {
    if (!equalBytes(event.payload, payload)) throw new CaseFailure(`echo ${echoes + 1} differs from its message`);
    echoes += 1;
  }
  if (event?.type !== "close") throw new CaseFailure("no Close frame came in answer to ours (RFC 6455 5.5.1)");
  if (event.code !== 1000) peer.settings.nonStrict(`the answering Close has ${describeEvent(event)}`);
  if (role === "client") peer.transport.end();
  await expectEnd(peer);
  return echoes;
}

/** Requires that a server that was mistreated still serves others. */
export async function serves(context: CaseContext): Promise<void> {
  const peer = await context.open();
  await peer.send(text("still there?"));
  await expectAll(peer, textMessage("still there?"));
  await closeNormally(peer);
}
