import { type ConformanceCase, defineCase, ROLES } from "../case.ts";
import { DELIVERIES, type Delivery } from "../delivery.ts";
import { binaryMessage, closeNormally, expectAll, expectFailure, textMessage } from "../expectations.ts";
import { pause } from "../pause.ts";
import type { Peer } from "../peer.ts";
import { concatBytes } from "../wire/bytes.ts";
import { binary, close, type FrameSpec, text } from "../wire/frame.ts";
import { letters, noise } from "./pattern.ts";
import { AFTER_FAULT, describeInput, echoes, failureInWords } from "./script.ts";

const SECTION = "RFC 6455 5.2";
const KIB = 1024;
const MIB = 1024 * KIB;

/** Lengths around the two borders between length forms, and around the sizes at which buffers tend to end. */
const SMALL = [0, 1, 2, 5, 64, 124, 125, 126, 127, 128, 129, 255, 256, 1000, 1024, 4095, 4096, 4097];
const MEDIUM = [8192, 16_384, 32_768, 65_527, 65_534, 65_535, 65_536, 65_537, 131_072, 262_144];
const LARGE = [1, 2, 4].map((count) => count * MIB);
const HUGE = [8, 16].map((count) => count * MIB);

/** Messages of a burst that are made and awaited at a time. */
const BATCH = 1_000;

/** Framing (RFC 6455 5.2): payload lengths in all three forms, headers cut anywhere, many frames at once. */
export const framingCases: readonly ConformanceCase[] = [
  ...echoes({ id: "FR-1.1", title: "Empty text message", section: SECTION, send: [text("")], covers: ["6455-5.6-a"] }),
  ...echoes({ id: "FR-1.2", title: "Empty binary message", section: SECTION, send: [binary("")], covers: ["FR-25"] }),
  ...SMALL.filter((size) => size > 0).flatMap((size) => sized(size, DELIVERIES)),
  ...MEDIUM.flatMap((size) => sized(size, ["whole", "splits"])),
  ...LARGE.flatMap((size) => sized(size, ["whole"], { id: "FR-5", needs: size })),
  ...HUGE.flatMap((size) => sized(size, ["whole"], { id: "FR-5", needs: size, group: "thorough" })),
  ...nonMinimal("FR-3.1", "Length 5 in the 16-bit form", text("Hello", { lengthForm: 16 })),
  ...nonMinimal("FR-3.2", "Length 5 in the 64-bit form", text("Hello", { lengthForm: 64 })),
  ...nonMinimal("FR-3.3", "Length 0 in the 16-bit form", text("", { lengthForm: 16 })),
  ...nonMinimal("FR-3.4", "Length 125 in the 16-bit form", binary(noise(125), { lengthForm: 16 })),
  ...nonMinimal("FR-3.5", "Length 65535 in the 64-bit form", binary(noise(65_535), { lengthForm: 64 })),
  ...cutHeader("FR-18.1", "7-bit", 5),
  ...cutHeader("FR-18.2", "16-bit", 300),
  ...cutHeader("FR-18.3", "64-bit", 66_000),
  ...defineCase({
    id: "FR-20.1",
    title: "Two and a half frames per write, at every phase",
    section: SECTION,
    roles: ROLES,
    input: "64 text messages of 0 to 63 bytes, cut into writes of 2.5 mean frame lengths",
    expectation: "All 64 messages are echoed, in order.",
    async run(context) {
      const peer = await context.open();
      const payloads = Array.from({ length: 64 }, (_, size) => letters(size));
      const bytes = peer.encode(...payloads.map((payload) => text(payload)));
      const stride = Math.round((bytes.length / payloads.length) * 2.5);
      for (let at = 0; at < bytes.length; at += stride) {
        await peer.sendBytes(bytes.subarray(at, at + stride));
        await pause(2);
      }
      await expectAll(peer, ...payloads.map((payload) => textMessage(payload)));
      await closeNormally(peer);
    },
  }),
  ...burst("FR-22.1", "core", 20_000),
  ...burst("FR-22.2", "thorough", 250_000),
  ...echoes({
    id: "FR-25.1",
    title: "Text and binary in turn keep their types",
    section: "RFC 6455 5.6",
    covers: ["6455-5.6-a"],
    send: [text("a"), binary("61"), text(""), binary(""), text("b"), binary("ff fe 80"), text("c")],
  }),
  ...garbage("FR-24.1", "4 KiB of noise", 4 * KIB, DELIVERIES),
  ...garbage("FR-24.2", "256 KiB of noise", 256 * KIB, ["whole"]),
  ...defineCase({
    id: "FR-24.3",
    title: "A second fault behind the first",
    section: "RFC 6455 7.1.7",
    roles: ROLES,
    deliveries: DELIVERIES,
    covers: ["CT-15", "LC-11"],
    input: "a reserved opcode, text that is not UTF-8, then a Close frame, in one go",
    expectation: `${failureInWords([1002])} The second fault has no effect.`,
    async run(context) {
      const peer = await context.open();
      await peer.send({ opcode: 3 }, text(Uint8Array.of(0xff)), close(1000));
      await expectFailure(peer, { codes: [1002] });
    },
  }),
];

function sized(
  size: number,
  deliveries: readonly Delivery[],
  more: { id?: string; needs?: number; group?: "thorough" } = {},
): ConformanceCase[] {
  const name = size % MIB === 0 && size > 0 ? `${size / MIB} MiB` : `${size} bytes`;
  const common = {
    section: SECTION,
    deliveries,
    needs: { maxMessageSize: more.needs ?? 0 },
    group: more.group ?? "core",
    timeout: 60_000,
    covers: size > 65_535 ? ["6455-5.2-e"] : [],
  } as const;
  const id = `${more.id ?? "FR-2"}.${size}`;
  return [
    ...echoes({ ...common, id: `${id}t`, title: `Text of ${name}`, send: [text(letters(size))] }),
    ...echoes({ ...common, id: `${id}b`, title: `Binary of ${name}`, send: [binary(noise(size))] }),
  ];
}

/** The sender MUST use the shortest form; that a receiver has to refuse a longer one is not said. */
function nonMinimal(id: string, title: string, frame: FrameSpec): ConformanceCase[] {
  return defineCase({
    id,
    title,
    section: SECTION,
    roles: ROLES,
    deliveries: (frame.payload?.length ?? 0) > 4096 ? ["whole", "splits"] : DELIVERIES,
    covers: ["6455-5.2-e"],
    input: describeInput([frame]),
    expectation: `${failureInWords([1002])} Taking the frame as if its length were in the short form is non-strict.`,
    async run(context) {
      const peer = await context.open();
      await peer.send(frame);
      if (await echoed(peer, frame)) {
        context.nonStrict("a length that is not in its shortest form was accepted (RFC 6455 5.2)");
        return closeNormally(peer);
      }
      await peer.send(...AFTER_FAULT);
      await expectFailure(peer, { codes: [1002], poison: ["after the fault"] });
    },
  });
}

/** Whether the first bytes that come back are the echo of `frame`; if not, they are left to be read. */
async function echoed(peer: Peer, frame: FrameSpec): Promise<boolean> {
  if (!(await peer.transport.reacts(peer.settings.testee.deadlines.close))) return false;
  const first = peer.transport.take();
  if (first === undefined) return false;
  peer.transport.putBack(first);
  if (((first[0] as number) & 0xf) !== frame.opcode) return false;
  const payload = frame.payload ?? new Uint8Array(0);
  await expectAll(peer, frame.opcode === 1 ? textMessage(payload) : binaryMessage(payload));
  return true;
}

/** One message per place in its header (the masking key is part of it), cut there. */
function cutHeader(id: string, form: string, size: number): ConformanceCase[] {
  return defineCase({
    id,
    title: `${form} length: the header cut between every two of its bytes`,
    section: SECTION,
    roles: ROLES,
    input: `binary messages of ${size} bytes, the n-th cut behind byte n of its header`,
    expectation: "All of them are echoed.",
    async run(context) {
      const peer = await context.open();
      const payload = noise(size);
      const headerLength = peer.encode(binary(payload)).length - size;
      for (let cut = 1; cut <= headerLength; cut += 1) {
        const bytes = peer.encode(binary(payload));
        await peer.sendBytes(bytes.subarray(0, cut));
        await pause(4);
        await peer.sendBytes(bytes.subarray(cut));
        await expectAll(peer, binaryMessage(payload));
      }
      await closeNormally(peer);
    },
  });
}

function burst(id: string, group: "core" | "thorough", count: number): ConformanceCase[] {
  return defineCase({
    id,
    title: `${count} messages of one byte in one write`,
    section: SECTION,
    group,
    roles: ROLES,
    timeout: 60_000,
    input: `${count} x 81 01 61 (masked towards a server)`,
    expectation: "All of them are echoed.",
    async run(context) {
      const peer = await context.open();
      const batch = Array<FrameSpec>(BATCH).fill(text("a"));
      const batches = Array.from({ length: count / BATCH }, () => peer.encode(...batch));
      await peer.sendBytes(concatBytes(batches), "whole");
      const echoes = Array<ReturnType<typeof textMessage>>(BATCH).fill(textMessage("a"));
      for (let done = 0; done < count; done += BATCH) await expectAll(peer, ...echoes);
      await closeNormally(peer);
    },
  });
}

function garbage(id: string, title: string, size: number, deliveries: readonly Delivery[]): ConformanceCase[] {
  return defineCase({
    id,
    title: `A fault, then ${title}`,
    section: "RFC 6455 7.1.7",
    roles: ROLES,
    deliveries,
    covers: ["CT-15"],
    input: `83 00, then ${title}`,
    expectation: `${failureInWords([1002])} The noise has no effect.`,
    async run(context) {
      const peer = await context.open();
      await peer.send({ opcode: 3 });
      await peer.sendBytes(noise(size));
      await expectFailure(peer, { codes: [1002] });
    },
  });
}
