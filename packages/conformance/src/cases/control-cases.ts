import { type ConformanceCase, defineCase, ROLES } from "../case.ts";
import { closeNormally, expectAll, pongFor, textMessage } from "../expectations.ts";
import { concatBytes, utf8 } from "../wire/bytes.ts";
import { continuation, type FrameSpec, ping, pong, text } from "../wire/frame.ts";
import { withinOwnLimits } from "./own-limits.ts";
import { letters, noise } from "./pattern.ts";
import { echoes, fails } from "./script.ts";

const SECTION = "RFC 6455 5.5";
const open = { fin: false } as const;

/** Ping and Pong (RFC 6455 5.5.2, 5.5.3) and the rules of all control frames (5.5). */
export const controlCases: readonly ConformanceCase[] = [
  ...oversized("CT-1.1", "Ping of 126 bytes", ping(letters(126))),
  ...oversized("CT-1.2", "Pong of 126 bytes", pong(letters(126))),
  ...oversized("CT-1.3", "Ping of 65536 bytes", ping(noise(65_536))),
  ...oversized("CT-1.4", "Ping of 5 bytes in the 16-bit form", ping("Hello", { lengthForm: 16 })),
  ...oversized("CT-1.5", "Ping of 5 bytes in the 64-bit form", ping("Hello", { lengthForm: 64 })),
  ...fragmented("CT-2.1", "Ping without FIN", [ping("a", open)]),
  ...fragmented("CT-2.2", "Pong without FIN", [pong("a", open)]),
  ...fragmented("CT-2.3", "Ping without FIN, then a continuation", [ping("a", open), continuation("b")]),
  ...fragmented("CT-2.4", "Pong without FIN, then a continuation", [pong("a", open), continuation("b")]),
  ...fragmented("CT-2.5", "Empty Ping without FIN", [ping("", open)]),
  ...fragmented("CT-2.6", "Ping without FIN inside a message", [text("Hel", open), ping("", open), continuation("lo")]),
  ...answered("CT-11.1", "Ping without payload", ping()),
  ...answered("CT-11.2", "Ping with text", ping("Hello, world")),
  ...answered("CT-11.3", "Ping with bytes that are not UTF-8", ping(Uint8Array.of(0, 0xff, 0xfe, 0xc3, 0x28, 0x80))),
  ...answered("CT-11.4", "Ping of 125 bytes", ping(noise(125))),
  ...answered("CT-11.5", "Ping of one byte", ping(Uint8Array.of(0))),
  ...answered("CT-11.6", "Ping of 124 bytes", ping(letters(124))),
  ...tenPings("CT-11.7", "Ten Pings at once", 10),
  ...defineCase({
    id: "CT-11.8",
    title: "Ten Pings, each after the Pong of the one before",
    section: "RFC 6455 5.5.2",
    roles: ROLES,
    covers: ["6455-5.5-c"],
    input: "ten Pings with payloads 0 to 9",
    expectation: "Each is answered with its own payload.",
    async run(context) {
      const peer = await context.open();
      for (let index = 0; index < 10; index += 1) {
        await peer.send(ping(String(index)));
        await expectAll(peer, pongFor(String(index)));
      }
      await closeNormally(peer);
    },
  }),
  ...echoes({
    id: "CT-11.9",
    title: "Pings and messages in turn",
    section: "RFC 6455 5.5.2",
    covers: ["6455-5.5-c"],
    send: [text("a"), ping("1"), text("b"), ping("2"), text("c")],
    receive: [textMessage("a"), textMessage("b"), textMessage("c"), pongFor("1", true), pongFor("2")],
  }),
  ...ignored("CT-12.1", "An empty Pong nobody asked for", [pong()]),
  ...ignored("CT-12.2", "A Pong with payload nobody asked for", [pong("unsolicited")]),
  ...ignored("CT-12.3", "A hundred Pongs nobody asked for", Array<FrameSpec>(100).fill(pong("unsolicited"))),
  ...ignored("CT-12.4", "A Pong of 125 bytes that are not UTF-8", [pong(noise(125))]),
  ...ignored("CT-12.5", "Two Pongs with the same payload, then one with another", [pong("a"), pong("a"), pong("b")]),
  ...manyPings("RS-7.1", "core", 4_000),
  ...manyPings("RS-7.2", "thorough", 60_000),
];

function oversized(id: string, title: string, frame: FrameSpec): ConformanceCase[] {
  const deliveries = (frame.payload?.length ?? 0) > 4_096 ? (["whole", "splits"] as const) : undefined;
  const more = deliveries === undefined ? {} : { deliveries };
  return fails({ id, title, section: SECTION, covers: ["6455-5.5-a"], send: [frame], codes: [1002], ...more });
}

function fragmented(id: string, title: string, send: readonly FrameSpec[]): ConformanceCase[] {
  return fails({ id, title, section: SECTION, covers: ["6455-5.5-a"], send, codes: [1002] });
}

function answered(id: string, title: string, frame: FrameSpec): ConformanceCase[] {
  return echoes({ id, title, section: "RFC 6455 5.5.3", covers: ["6455-5.5-c", "6455-5.5-d"], send: [frame] });
}

/** A Pong without a Ping is a one-way heartbeat: no answer is expected, and the connection goes on. */
function ignored(id: string, title: string, pongs: readonly FrameSpec[]): ConformanceCase[] {
  return echoes({
    id,
    title,
    section: "RFC 6455 5.5.3",
    send: [...pongs, ping("after"), text("after")],
    receive: [pongFor("after"), textMessage("after")],
  });
}

function tenPings(id: string, title: string, count: number): ConformanceCase[] {
  const payloads = Array.from({ length: count }, (_, index) => `ping ${index}`);
  return echoes({
    id,
    title,
    section: "RFC 6455 5.5.3",
    covers: ["6455-5.5-c"],
    send: payloads.map((payload) => ping(payload)),
    receive: payloads.map((payload, index) => pongFor(payload, index < count - 1)),
  });
}

/** Pongs may be held back or merged while we do not read, but the last Ping has to be answered, and messages as well. */
function manyPings(id: string, group: "core" | "thorough", count: number): ConformanceCase[] {
  return defineCase({
    id,
    title: `${count} Pings of 125 bytes while their Pongs are not read`,
    section: "RFC 6455 5.5.3",
    group,
    roles: ROLES,
    timeout: 60_000,
    input: `${count} Pings, reading stopped until all are written or the testee takes no more`,
    expectation: "After reading goes on, the last Ping is answered and a message is echoed.",
    async run(context) {
      const peer = await context.open();
      peer.transport.pause();
      const flood = concatBytes(Array.from({ length: count }, (_, index) => peer.encode(ping(pingPayload(index)))));
      const sent = peer.sendBytes(flood, "whole");
      await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, 1_500))]);
      peer.transport.resume();
      await sent;
      await peer.send(ping("last"), text("after"));
      const alive = await withinOwnLimits(context, () => expectAll(peer, pongFor("last"), textMessage("after")));
      if (alive) await closeNormally(peer);
    },
  });
}

function pingPayload(index: number): Uint8Array {
  return utf8(`ping ${index} `.padEnd(125, "."));
}
