import { type ConformanceCase, defineCase, ROLES } from "../case.ts";
import { CaseFailure, Overdue } from "../case-failure.ts";
import { DELIVERIES } from "../delivery.ts";
import { describeEvent, expectAll, expectCloseAnswer, expectEnd, textMessage } from "../expectations.ts";
import { hex, utf8 } from "../wire/bytes.ts";
import { binary, close, continuation, type FrameSpec, ping, pong, text } from "../wire/frame.ts";
import { OPCODE } from "../wire/opcode.ts";
import { letters, noise } from "./pattern.ts";
import { closes, fails } from "./script.ts";

const SECTION = "RFC 6455 5.5.1";
const CODES = "RFC 6455 7.4";

const VALID_CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1011, 3000, 3999, 4000, 4999];
/** Registered after RFC 6455: an endpoint that only knows the RFC may find them wrong. */
const LATER_CODES = [1012, 1013, 1014];
const INVALID_CODES = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999];
const UNDEFINED_CODES = [5000, 65_535];

/** Close frames (RFC 6455 5.5.1, 7.4) and the closing handshake (7.1). */
export const closeCases: readonly ConformanceCase[] = [
  ...badPayload("CT-3.1", "A Close payload of one byte", { opcode: OPCODE.close, payload: hex("03") }, [1002]),
  ...badPayload("CT-3.2", "A Close payload of one byte 00", { opcode: OPCODE.close, payload: hex("00") }, [1002]),
  ...badPayload("CT-4.1", "A Close payload of 126 bytes", close(1000, letters(124)), [1002]),
  ...badPayload("CT-4.2", "A Close payload in the 16-bit length form", close(1000, "bye", { lengthForm: 16 }), [1002]),
  ...badPayload("CT-4.3", "A Close without FIN", close(1000, "", { fin: false }), [1002]),
  ...VALID_CODES.flatMap((code) => validCode(code)),
  ...closes({
    id: "CT-5.1010",
    title: "Close code 1010, from a client",
    section: CODES,
    roles: ["server"],
    send: [close(1010)],
    codes: [1010],
  }),
  ...LATER_CODES.flatMap((code) => validCode(code)),
  ...INVALID_CODES.flatMap((code) =>
    fails({
      id: `CT-6.${code}`,
      title: `Close code ${code}`,
      section: CODES,
      covers: ["6455-7.4-a"],
      send: [close(code)],
      codes: [1002],
    }),
  ),
  ...fails({
    id: "CT-6.r1005",
    title: "Close code 1005 with a reason",
    section: CODES,
    send: [close(1005, "no status")],
    codes: [1002],
  }),
  ...fails({
    id: "CT-6.r1006",
    title: "Close code 1006 with a reason",
    section: CODES,
    send: [close(1006, "abnormal")],
    codes: [1002],
  }),
  ...UNDEFINED_CODES.flatMap((code) => undefinedCode(code)),
  ...closes({
    id: "CT-7.1",
    title: "Close without payload",
    section: SECTION,
    covers: ["6455-5.5.1-c"],
    send: [close()],
    codes: [undefined, 1000],
  }),
  ...closes({
    id: "CT-7.2",
    title: "Close 1000 with a reason",
    section: SECTION,
    covers: ["6455-5.5.1-c"],
    send: [close(1000, "Hello, world!")],
    codes: [1000],
  }),
  ...closes({
    id: "CT-7.3",
    title: "Close 1000 with the longest reason, 123 bytes",
    section: SECTION,
    send: [close(1000, letters(123))],
    codes: [1000],
  }),
  ...closes({
    id: "CT-7.4",
    title: "A reason of two-, three- and four-byte characters",
    section: SECTION,
    send: [close(1000, "äß€😀κόσμε")],
    codes: [1000],
  }),
  ...badReason("CT-8.1", "c3 28", "a broken two-byte sequence"),
  ...badReason("CT-8.2", "ce ba e1 bd b9 cf 83 ce bc ce b5 ed a0 80 65 64 69 74 65 64", "a surrogate inside"),
  ...badReason("CT-8.3", "e2 82", "an unfinished sequence at the end"),
  ...badReason("CT-8.4", "c0 af", "an overlong sequence"),
  ...badReason("CT-8.5", "61 ff", "a byte that is never UTF-8"),
  ...badReason("CT-8.6", "f4 90 80 80", "a code point above U+10FFFF"),
  ...closes({
    id: "CT-10.1",
    title: "A Ping behind the Close",
    section: SECTION,
    covers: ["6455-1.4-a"],
    send: [close(1000), ping("late")],
    codes: [1000],
  }),
  ...closes({
    id: "CT-10.2",
    title: "A message behind the Close",
    section: SECTION,
    covers: ["6455-1.4-a"],
    send: [close(1000), text("late")],
    codes: [1000],
  }),
  ...closes({
    id: "CT-10.3",
    title: "A second Close behind the Close",
    section: SECTION,
    covers: ["6455-1.4-a"],
    send: [close(1000), close(1001)],
    codes: [1000],
  }),
  ...closes({
    id: "CT-10.4",
    title: "A fault behind the Close",
    section: SECTION,
    covers: ["6455-1.4-a"],
    send: [close(1000), { opcode: 3 }, text(Uint8Array.of(0xff))],
    codes: [1000],
  }),
  ...closes({
    id: "CT-10.5",
    title: "256 KiB behind the Close",
    section: SECTION,
    deliveries: ["whole", "splits"],
    send: [close(1000), binary(noise(262_144))],
    codes: [1000],
  }),
  ...closes({
    id: "CT-10.6",
    title: "Close inside a fragmented message, its end behind",
    section: "RFC 6455 5.4",
    covers: ["6455-5.4-b"],
    send: [text("Hel", { fin: false }), close(1000), continuation("lo")],
    codes: [1000],
  }),
  ...defineCase({
    id: "CT-10.7",
    title: "A message right before the Close",
    section: SECTION,
    roles: ROLES,
    deliveries: DELIVERIES,
    input: "a text message and a Close 1000 in one go",
    expectation: "At most the echo, then exactly one Close with 1000, then TCP closed.",
    async run(context) {
      const peer = await context.open();
      await peer.send(text("before"), close(1000));
      await expectCloseAnswer(peer, { codes: [1000] });
    },
  }),
  ...defineCase({
    id: "CT-10.8",
    title: "Messages, Pings and a clean close",
    section: "RFC 6455 7.1.4",
    roles: ROLES,
    deliveries: DELIVERIES,
    covers: ["6455-5.5.1-a"],
    input: "three messages, an unsolicited Pong, then a Close 1001 with a reason",
    expectation: "Three echoes, one Close with 1001, then TCP closed.",
    async run(context) {
      const peer = await context.open();
      await peer.send(text("a"), text("b"), pong(), text("c"));
      await expectAll(peer, textMessage("a"), textMessage("b"), textMessage("c"));
      await peer.send(close(1001, "going away"));
      await expectCloseAnswer(peer, { codes: [1001] });
    },
  }),
  ...defineCase({
    id: "CT-13.1",
    title: "FIN without a Close frame",
    section: "RFC 6455 7.1.1",
    roles: ROLES,
    input: "FIN right after the opening handshake",
    expectation: "The testee closes TCP as well; no Close frame with a code that may not be sent.",
    async run(context) {
      const peer = await context.open();
      peer.transport.end();
      let event = await peer.next(context.testee.deadlines.close);
      if (event?.type === "close") event = await peer.next(context.testee.deadlines.close);
      if (event === undefined) throw new Overdue("TCP stays half open after our FIN");
      if (event.type !== "end") throw new CaseFailure(`${describeEvent(event)}, where TCP had to be closed`);
    },
  }),
  ...defineCase({
    id: "CT-14.1",
    title: "Data and a Close behind the testee's own Close",
    section: "RFC 6455 7.1.7",
    roles: ROLES,
    covers: ["LC-11"],
    input: "a fault; when the testee's Close is there, a message, a Ping and a Close 1000",
    expectation: "Nothing more is sent, and TCP is closed in order.",
    async run(context) {
      const peer = await context.open();
      await peer.send({ opcode: 3 });
      const event = await peer.next(context.testee.deadlines.close);
      if (event?.type !== "close")
        return context.nonStrict("TCP was closed without a Close frame (RFC 6455 7.1.7: SHOULD)");
      await peer.send(text("late"), ping("late"), close(1000));
      peer.transport.end();
      await expectEnd(peer);
    },
  }),
  ...defineCase({
    id: "CT-18.1",
    title: "The client lets the server close TCP first",
    section: "RFC 6455 7.1.1",
    roles: ["client"],
    covers: ["6455-7.1.1-b"],
    input: "a Close 1000; after the answer nothing for 300 ms, then FIN",
    expectation: "The client answers, waits for our FIN, and then closes.",
    async run(context) {
      const peer = await context.open();
      await peer.send(close(1000));
      const event = await peer.next(context.testee.deadlines.close);
      if (event?.type !== "close") throw new CaseFailure("our Close was not answered (RFC 6455 5.5.1)");
      if ((await peer.waitForEnd(300)) !== undefined) {
        context.nonStrict("the client closed TCP before the server did (RFC 6455 7.1.1: SHOULD wait)");
      }
      peer.transport.end();
      if ((await peer.readToEnd(context.testee.deadlines.close)) === undefined) {
        throw new CaseFailure("the client did not close TCP after the server had");
      }
    },
  }),
  ...defineCase({
    id: "CT-18.2",
    title: "The client gives up on a server that never closes TCP",
    section: "RFC 6455 7.1.1",
    roles: ["client"],
    needs: { closeTimeout: true },
    timeout: 60_000,
    covers: ["LC-10"],
    input: "a Close 1000; after the answer nothing, not even FIN",
    expectation: "TCP is closed when the client's own close timeout is over.",
    async run(context) {
      const peer = await context.open();
      await peer.send(close(1000));
      const patience = context.testee.deadlines.closeTimeout * 1.5 + 2_000;
      if ((await peer.readToEnd(patience)) === undefined) {
        throw new CaseFailure(`the client still waits ${patience} ms after the closing handshake`);
      }
    },
  }),
];

function validCode(code: number): ConformanceCase[] {
  return closes({
    id: `CT-5.${code}`,
    title: `Close code ${code}`,
    section: CODES,
    covers: ["6455-5.5.1-c"],
    send: [close(code, `code ${code}`)],
    codes: [code],
  });
}

function badPayload(id: string, title: string, frame: FrameSpec, codes: readonly number[]): ConformanceCase[] {
  return fails({ id, title, section: SECTION, covers: ["6455-5.5.1-d"], send: [frame], codes });
}

function badReason(id: string, bytes: string, what: string): ConformanceCase[] {
  return fails({
    id,
    title: `A close reason with ${what}`,
    section: "RFC 6455 8.1",
    covers: ["6455-8.1-a"],
    send: [close(1000, hex(bytes))],
    codes: [1007, 1002],
  });
}

/** Codes from 5000 up do not exist; what to answer is not said. */
function undefinedCode(code: number): ConformanceCase[] {
  return defineCase({
    id: `CT-9.${code}`,
    title: `Close code ${code}, which is beyond all ranges`,
    section: CODES,
    roles: ROLES,
    deliveries: DELIVERIES,
    informational: true,
    input: `a Close with code ${code} and a reason`,
    expectation: "The connection ends. With which Close frame is not said in the RFC and is only noted.",
    async run(context) {
      const peer = await context.open();
      peer.tolerateCloseCode(code);
      await peer.send(close(code, utf8("beyond")));
      let event = await peer.next(context.testee.deadlines.close);
      context.inform(event?.type === "close" ? `answered with ${describeEvent(event)}` : "no Close frame came back");
      if (context.role === "client") peer.transport.end();
      if (event?.type === "close") event = await peer.next(context.testee.deadlines.close);
      if (event?.type !== "end") throw new CaseFailure("TCP was not closed");
    },
  });
}
