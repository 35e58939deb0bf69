import { type CaseContext, type ConformanceCase, defineCase, ROLES } from "../case.ts";
import { CaseFailure, UnexpectedClose } from "../case-failure.ts";
import { binaryMessage, closeNormally, expectAll } from "../expectations.ts";
import { concatBytes } from "../wire/bytes.ts";
import type { DeflateParameters } from "../wire/deflate-parameters.ts";
import { DeflateWriter } from "../wire/deflate-writer.ts";
import { compressedBinary, openDeflated } from "./deflate-session.ts";
import { json, noise } from "./pattern.ts";

const ALL_BITS = [8, 9, 10, 11, 12, 13, 14, 15];

function bitsFor(role: "server" | "client", whose: "theirs" | "ours", bits: number): Partial<DeflateParameters> {
  const isServer = (role === "server") === (whose === "theirs");
  return isServer ? { serverBits: bits } : { clientBits: bits };
}

/** Messages that a compressor with a larger window would write with distances beyond `bits`. */
function temptations(bits: number): Uint8Array[] {
  const window = 1 << bits;
  const far = noise(window + 40);
  const near = noise(window - 300 > 0 ? window - 300 : 100);
  return [concatBytes([far, far]), far, concatBytes([near, near, near]), json(window * 2), json(window * 2), far];
}

/** A client that cannot make do with 8 bits, which zlib has no raw window for, can decline only by leaving. */
async function runSmallest(context: CaseContext): Promise<void> {
  try {
    await runTheirs(context, 8);
  } catch (error) {
    if (context.role === "server" || !(error instanceof UnexpectedClose) || error.message.includes("1011")) throw error;
    context.inform(`the client declines a window of 8 bits: ${error.message}`);
  }
}

async function runTheirs(context: CaseContext, bits: number): Promise<void> {
  const { peer, theirs, deflater, inflater } = await openDeflated(context, bitsFor(context.role, "theirs", bits));
  const messages = temptations(bits);
  for (const message of messages) {
    await peer.send(...compressedBinary(deflater.encode(message)));
    await expectAll(peer, binaryMessage(message));
  }
  context.log.event(`the longest distance is ${inflater.maxDistance} of ${1 << theirs.windowBits}`);
  await closeNormally(peer);
}

/** Our compressor reaches back as far as it may, and to the byte. */
async function runOurs(context: CaseContext, bits: number): Promise<void> {
  const { peer, ours } = await openDeflated(context, bitsFor(context.role, "ours", bits));
  const window = 1 << ours.windowBits;
  const history = noise(window);
  const stored = new DeflateWriter();
  for (let at = 0; at < window; at += 4_096) stored.stored(history.subarray(at, at + 4_096));
  const within = new DeflateWriter().stored(history.subarray(0, 200)).block(1).match(100, 200).match(3, 300).end();
  await peer.send(...compressedBinary(stored.message()));
  await expectAll(peer, binaryMessage(history));
  if (ours.takeover) {
    // Each match reads the oldest byte that the window still holds.
    const back = new DeflateWriter().block(1).match(258, window).match(10, window).end().message();
    await peer.send(...compressedBinary(back));
    await expectAll(peer, binaryMessage(Uint8Array.from({ length: 268 }, (_, at) => history[at % window] as number)));
  }
  const start = history.slice(0, 200);
  const copied = concatBytes([start, start.subarray(0, 100), start.subarray(0, 3)]);
  if (window >= 300) {
    await peer.send(...compressedBinary(within.message()));
    await expectAll(peer, binaryMessage(copied));
  }
  await closeNormally(peer);
}

/** Repeats a message that does not compress by itself, and looks whether the second echo is much smaller than the first. */
async function runTakeover(context: CaseContext, wanted: Partial<DeflateParameters>): Promise<void> {
  const { peer, theirs, deflater } = await openDeflated(context, wanted);
  const message = noise(2_000);
  const sizes: number[] = [];
  for (let count = 0; count < 4; count += 1) {
    await peer.send(...compressedBinary(deflater.encode(message)));
    const event = await peer.next(context.testee.deadlines.answer);
    if (event?.type !== "message" || Buffer.compare(event.payload, message) !== 0) {
      throw new CaseFailure(`echo ${count + 1} did not come, or not as it was sent`);
    }
    sizes.push(event.frames.reduce((sum, frame) => sum + frame.payload.length, 0));
  }
  context.log.event(`2,000 bytes of noise, four times, came back in ${sizes.join(", ")} bytes`);
  if (theirs.takeover && (sizes[1] ?? 0) > 1_000) context.log.event("the testee makes no use of its window");
  await closeNormally(peer);
}

const NO_TAKEOVER: readonly (readonly [id: string, title: string, wanted: Partial<DeflateParameters>])[] = [
  ["DF-6.1", "Both directions keep their windows", {}],
  ["DF-6.2", "The server forgets its window", { serverNoTakeover: true }],
  ["DF-6.3", "The client forgets its window", { clientNoTakeover: true }],
  ["DF-6.4", "Both forget their windows", { serverNoTakeover: true, clientNoTakeover: true }],
];

/** Window sizes and context takeover (RFC 7692 7.1.1 and 7.1.2): the testee's data is inflated strictly within what is agreed. */
export const deflateWindowCases: readonly ConformanceCase[] = [
  ...NO_TAKEOVER.flatMap(([id, title, wanted]) =>
    defineCase({
      id,
      title,
      section: "RFC 7692 7.1.1",
      roles: ROLES,
      needs: { compression: true },
      input: "The same 2,000 bytes of noise four times, compressed as agreed.",
      expectation: "Every echo inflates with a window that is kept or forgotten as was agreed.",
      run: (context) => runTakeover(context, wanted),
    }),
  ),
  ...ALL_BITS.flatMap((bits) => [
    ...defineCase({
      id: bits === 8 ? "DF-9.1" : `DF-10.${bits}`,
      title: `The testee's window has ${bits} bits`,
      section: "RFC 7692 7.1.2",
      roles: ROLES,
      needs: { compression: true },
      input: `Messages that tempt a compressor to reach back further than ${1 << bits} bytes.`,
      expectation: `No distance is longer than ${1 << bits}, or than the smaller window that was agreed; or the testee declines.`,
      run: (context) => (bits === 8 ? runSmallest(context) : runTheirs(context, bits)),
    }),
    ...defineCase({
      id: bits === 8 ? "DF-9.2" : `DF-10.${bits + 20}`,
      title: `Our window has ${bits} bits, and we use all of it`,
      section: "RFC 7692 7.1.2",
      roles: ROLES,
      needs: { compression: true },
      input: `${1 << bits} bytes of noise in stored blocks, then matches at exactly that distance.`,
      expectation: "Every message is inflated.",
      run: (context) => runOurs(context, bits),
    }),
  ]),
];
