import { constants, deflateRawSync } from "node:zlib";
import { type CaseContext, type ConformanceCase, defineCase, ROLES } from "../case.ts";
import { binaryMessage, closeNormally, expectAll, expectFailure } from "../expectations.ts";
import { concatBytes, utf8 } from "../wire/bytes.ts";
import { DeflateWriter } from "../wire/deflate-writer.ts";
import { TAIL } from "../wire/message-deflate.ts";
import { compressedBinary, type DeflateSession, openDeflated } from "./deflate-session.ts";
import { noise } from "./pattern.ts";
import { AFTER_FAULT, failureInWords } from "./script.ts";

const MIB = 1 << 20;

/** A stretch of zeros that is complete in itself, the empty stored block of the flush at its end. */
function zeros(size: number): Uint8Array {
  return Uint8Array.from(deflateRawSync(new Uint8Array(size), { level: 9, finishFlush: constants.Z_SYNC_FLUSH }));
}

/** A message that inflates to `size` zeros, a thousandth of its size. It is put together of equal parts, so that it costs little. */
function bomb(size: number): Uint8Array {
  const unit = zeros(MIB);
  const rest = size % MIB;
  const whole = Array.from({ length: Math.floor(size / MIB) }, () => unit);
  const payload = concatBytes(rest === 0 ? whole : [...whole, zeros(rest)]);
  return payload.subarray(0, payload.length - TAIL.length);
}

/** A testee must inflate up to its limit to see that a message is over it: some time for each MiB, however slow the machine. */
function patienceFor({ testee }: CaseContext): number {
  return testee.deadlines.close + Math.ceil(testee.maxMessageSize / MIB) * 1_500;
}

/** What is over the limit by so many bytes. */
function oversize(
  id: string,
  title: string,
  cut: (payload: Uint8Array) => number[],
  factor: number,
): ConformanceCase[] {
  return defineCase({
    id,
    title,
    section: "RFC 6455 7.4.1 and 10.4; RFC 7692 8",
    roles: ROLES,
    needs: { compression: true, exactLimit: true },
    timeout: 150_000,
    input: `A compressed message of zeros, ${factor} times as long as the testee's limit once it is inflated.`,
    expectation: failureInWords([1009]),
    async run(context) {
      const { peer } = await openDeflated(context);
      const payload = bomb(context.testee.maxMessageSize * factor);
      context.log.event(`${payload.length} bytes that inflate to ${factor} x ${context.testee.maxMessageSize}`);
      await peer.send(...compressedBinary(payload, cut(payload)), ...AFTER_FAULT);
      const patience = patienceFor(context);
      await expectFailure(peer, { codes: [1009], poison: ["after the fault"], patience, underAttack: true });
    },
  });
}

/** `count` cuts at even distances. */
function evenly(count: number): (payload: Uint8Array) => number[] {
  return (payload) =>
    Array.from({ length: count }, (_, index) => Math.floor(((index + 1) * payload.length) / (count + 1)));
}

async function echoZeros(context: CaseContext, { peer }: DeflateSession, size: number): Promise<void> {
  await peer.send(...compressedBinary(bomb(size)));
  await expectAll(peer, binaryMessage(new Uint8Array(size)));
  context.log.event(`${size} bytes were echoed`);
}

/** Compressed data that is far larger once it is inflated (RFC 7692 section 8). */
export const deflateBombCases: readonly ConformanceCase[] = [
  ...oversize("RS-11.1", "A bomb of 64 times the limit in one frame", () => [], 64),
  ...oversize("RS-11.2", "A bomb of twice the limit in one frame", () => [], 2),
  ...oversize("RS-12.1", "A bomb of 64 times the limit in 16 fragments", evenly(16), 64),
  ...defineCase({
    id: "RS-12.2",
    title: "A bomb whose second message is made of the first",
    section: "RFC 6455 10.4; RFC 7692 8",
    roles: ROLES,
    needs: { compression: true, exactLimit: true },
    timeout: 150_000,
    input: "32 KiB of noise in stored blocks; then matches that repeat it to 1 MiB beyond the limit.",
    expectation: failureInWords([1009]),
    async run(context) {
      const { peer, ours } = await openDeflated(context);
      if (!ours.takeover) context.skip("the testee does not let us keep our window");
      const history = noise(1 << ours.windowBits);
      const stored = new DeflateWriter();
      for (let at = 0; at < history.length; at += 8_192) stored.stored(history.subarray(at, at + 8_192));
      const repeats = new DeflateWriter().block(1);
      for (let size = 0; size < context.testee.maxMessageSize + MIB; size += 258) repeats.match(258, history.length);
      await peer.send(...compressedBinary(stored.message()));
      await expectAll(peer, binaryMessage(history));
      await peer.send(...compressedBinary(repeats.end().message()), ...AFTER_FAULT);
      await expectFailure(peer, { codes: [1009], poison: ["after the fault"], patience: patienceFor(context) });
    },
  }),
  ...defineCase({
    id: "RS-11.3",
    title: "A compressed message of one byte over the limit",
    section: "RFC 6455 7.4.1",
    roles: ROLES,
    needs: { compression: true, exactLimit: true },
    timeout: 150_000,
    input: "Zeros, one byte more than the limit, compressed.",
    expectation: failureInWords([1009]),
    async run(context) {
      const { peer } = await openDeflated(context);
      const payload = bomb(context.testee.maxMessageSize + 1);
      await peer.send(...compressedBinary(payload), ...AFTER_FAULT);
      await expectFailure(peer, { codes: [1009], poison: ["after the fault"], patience: patienceFor(context) });
    },
  }),
  ...defineCase({
    id: "RS-11.4",
    title: "A compressed message of exactly the limit",
    section: "RFC 6455 7.4.1",
    roles: ROLES,
    needs: { compression: true, exactLimit: true },
    timeout: 150_000,
    input: "As many zeros as the limit allows, compressed.",
    expectation: "The message is echoed: the limit is on the message, and so much is allowed.",
    async run(context) {
      const session = await openDeflated(context);
      await echoZeros(context, session, context.testee.maxMessageSize);
      await closeNormally(session.peer);
    },
  }),
  ...defineCase({
    id: "RS-11.5",
    title: "1 MiB of zeros in a thousand bytes",
    section: "RFC 7692 8",
    roles: ROLES,
    needs: { compression: true, maxMessageSize: MIB },
    input: "A compressed message of 1 MiB of zeros, three times.",
    expectation: "It is echoed: data that compresses well is no attack by itself.",
    async run(context) {
      const session = await openDeflated(context);
      for (let count = 0; count < 3; count += 1) await echoZeros(context, session, MIB);
      await session.peer.send({ opcode: 9, payload: utf8("alive") });
      await expectAll(session.peer, { type: "pong", payload: utf8("alive") });
      await closeNormally(session.peer);
    },
  }),
];
