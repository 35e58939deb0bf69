import { type CaseContext, type ConformanceCase, defineCase } from "../case.ts";
import { CaseFailure } from "../case-failure.ts";
import { DELIVERIES } from "../delivery.ts";
import { binaryMessage, closeNormally, expectAll } from "../expectations.ts";
import { pause } from "../pause.ts";
import type { Peer } from "../peer.ts";
import { hex } from "../wire/bytes.ts";
import { binary, close, continuation, type FrameSpec, ping, pong, text, ZERO_KEY } from "../wire/frame.ts";
import { noise } from "./pattern.ts";
import { echoes, fails } from "./script.ts";

const SECTION = "RFC 6455 5.1";
/** How many keys of a second connection are held against those of the first. */
const KEYS_OF_SECOND = 16;
const RFC_KEY = hex("37 fa 21 3d");

/** Masking (RFC 6455 5.1, 5.3): a server refuses unmasked frames, a client masked ones; every key unmasks rightly. */
export const maskingCases: readonly ConformanceCase[] = [
  ...unmasked("MK-1.1", "Unmasked text", text("Hello", { mask: false })),
  ...unmasked("MK-1.2", "Unmasked empty text", text("", { mask: false })),
  ...unmasked("MK-1.3", "Unmasked binary of 256 bytes", binary(noise(256), { mask: false })),
  ...unmasked("MK-1.4", "Unmasked Ping", ping("Hello", { mask: false })),
  ...unmasked("MK-1.5", "Unmasked Pong", pong("", { mask: false })),
  ...unmasked("MK-1.6", "Unmasked Close", close(1000, "", { mask: false })),
  ...fails({
    id: "MK-1.7",
    title: "Unmasked last fragment of a masked message",
    section: SECTION,
    roles: ["server"],
    covers: ["6455-5.1-b"],
    send: [text("Hel", { fin: false }), continuation("lo", { mask: false })],
    codes: [1002],
  }),
  ...masked("MK-3.1", "Masked text (the example of 5.7)", text("Hello", { mask: RFC_KEY })),
  ...masked("MK-3.2", "Masked text with a key of zeros", text("Hello", { mask: ZERO_KEY })),
  ...masked("MK-3.3", "Masked empty text", text("", { mask: RFC_KEY })),
  ...masked("MK-3.4", "Masked binary of 256 bytes", binary(noise(256), { mask: RFC_KEY })),
  ...masked("MK-5.1", "Masked Ping", ping("", { mask: hex("11 22 33 44") })),
  ...masked("MK-5.2", "Masked Pong", pong("Hello", { mask: RFC_KEY })),
  ...masked("MK-5.3", "Masked Close", close(1000, "", { mask: RFC_KEY })),
  ...key("MK-6.1", "A masking key of zeros", ZERO_KEY),
  ...key("MK-6.2", "A masking key of ones", hex("ff ff ff ff")),
  ...key("MK-6.3", "The masking key of the example in 5.7", RFC_KEY),
  ...key("MK-6.4", "A masking key with one bit set", hex("00 00 00 01")),
  ...defineCase({
    id: "MK-7.1",
    title: "Payloads of 0 to 67 bytes, a fresh key each",
    section: "RFC 6455 5.3",
    roles: ["server"],
    deliveries: DELIVERIES,
    covers: ["6455-5.3-b"],
    input: "68 binary messages of 0 to 67 bytes",
    expectation: "All of them are echoed byte for byte.",
    async run(context) {
      const peer = await context.open();
      const payloads = Array.from({ length: 68 }, (_, size) => noise(size));
      await peer.send(...payloads.map((payload) => binary(payload)));
      await expectAll(peer, ...payloads.map((payload) => binaryMessage(payload)));
      await closeNormally(peer);
    },
  }),
  ...defineCase({
    id: "MK-7.2",
    title: "Payloads cut in every place between masked bytes",
    section: "RFC 6455 5.3",
    roles: ["server"],
    covers: ["6455-5.3-b"],
    input: "binary messages of 23 bytes, the n-th cut behind byte n of its payload",
    expectation: "All of them are echoed byte for byte.",
    async run(context) {
      const peer = await context.open();
      const payload = noise(23);
      for (let cut = 1; cut < payload.length; cut += 1) {
        const bytes = peer.encode(binary(payload));
        await peer.sendBytes(bytes.subarray(0, bytes.length - payload.length + cut));
        await pause(4);
        await peer.sendBytes(bytes.subarray(bytes.length - payload.length + cut));
        await expectAll(peer, binaryMessage(payload));
      }
      await closeNormally(peer);
    },
  }),
  ...keysOfClient("MK-8.1", "core", 400),
  ...keysOfClient("MK-8.2", "thorough", 20_000),
];

function unmasked(id: string, title: string, frame: FrameSpec): ConformanceCase[] {
  return fails({
    id,
    title,
    section: SECTION,
    roles: ["server"],
    covers: ["6455-5.1-b"],
    send: [frame],
    codes: [1002],
  });
}

function masked(id: string, title: string, frame: FrameSpec): ConformanceCase[] {
  return fails({
    id,
    title,
    section: SECTION,
    roles: ["client"],
    covers: ["6455-5.1-d"],
    send: [frame],
    codes: [1002],
  });
}

function key(id: string, title: string, mask: Uint8Array): ConformanceCase[] {
  return echoes({
    id,
    title,
    section: "RFC 6455 5.3",
    roles: ["server"],
    covers: ["6455-5.3-b"],
    send: [text("Hello", { mask }), binary(noise(131), { mask }), ping("Hello", { mask })],
  });
}

/** RFC 6455 5.3 and 10.3: keys of a client's frames come from a strong source and are fresh for each frame. */
function keysOfClient(id: string, group: "core" | "thorough", count: number): ConformanceCase[] {
  return defineCase({
    id,
    title: `The masking keys of ${count} frames`,
    section: "RFC 6455 5.3",
    group,
    roles: ["client"],
    timeout: 60_000,
    connections: 2,
    covers: ["6455-5.3-a", "6455-5.3-c", "6455-10.3-a"],
    input: `${count} text messages of one byte; on a second connection ${KEYS_OF_SECOND}`,
    expectation:
      "The echoes' masking keys differ, have no constant step, all byte values are about equally frequent, and the second connection has other keys.",
    async run(context) {
      const first = await echoedKeys(context, count);
      judgeKeys(first);
      judgeSecond(first, await echoedKeys(context, KEYS_OF_SECOND));
    },
  });
}

/** The masking keys of `count` echoes on a connection of their own. */
async function echoedKeys(context: CaseContext, count: number): Promise<number[]> {
  const peer = await context.open();
  await peer.sendBytes(peer.encode(...Array<FrameSpec>(count).fill(text("a"))), "whole");
  const keys = await collectKeys(peer, count);
  await closeNormally(peer);
  return keys;
}

async function collectKeys(peer: Peer, count: number): Promise<number[]> {
  const keys: number[] = [];
  while (keys.length < count) {
    const event = await peer.next(peer.settings.testee.deadlines.answer);
    if (event?.type !== "message") throw new CaseFailure(`${keys.length} of ${count} messages were echoed`);
    for (const frame of event.frames) keys.push(Buffer.from(frame.key ?? ZERO_KEY).readUInt32BE());
  }
  return keys;
}

/** A generator that starts from the same seed gives them again. Chance of a false alarm: below 1 in 10^6, since two have to repeat. */
function judgeSecond(first: readonly number[], second: readonly number[]): void {
  const before = new Set(first);
  const repeated = second.filter((key) => before.has(key)).length;
  if (repeated > 1) {
    throw new CaseFailure(
      `${repeated} of ${second.length} masking keys are those of an earlier connection: they are predictable (RFC 6455 5.3)`,
    );
  }
}

/** Chance of a false alarm: below 1 in 10^6 for each of the three tests. */
function judgeKeys(keys: readonly number[]): void {
  const pairs = (keys.length * (keys.length - 1)) / 2 ** 33;
  const repeated = keys.length - new Set(keys).size;
  if (repeated > 3 + pairs * 4)
    throw new CaseFailure(`${repeated} of ${keys.length} masking keys had been used before`);
  const steps = new Set(keys.slice(1).map((value, index) => (value - (keys[index] as number)) >>> 0));
  if (steps.size < keys.length / 2)
    throw new CaseFailure(`masking keys are predictable: only ${steps.size} different steps`);
  const counts = new Array<number>(256).fill(0);
  for (const value of keys) {
    for (const shift of [0, 8, 16, 24]) counts[(value >>> shift) & 0xff] = (counts[(value >>> shift) & 0xff] ?? 0) + 1;
  }
  const mean = (keys.length * 4) / 256;
  const chiSquare = counts.reduce((sum, observed) => sum + (observed - mean) ** 2 / mean, 0);
  // 255 degrees of freedom: mean 255, standard deviation 22.6.
  if (chiSquare > 255 + 7 * 22.6) {
    throw new CaseFailure(`the bytes of the masking keys are not evenly spread (chi-square ${chiSquare.toFixed(0)})`);
  }
}
