import { type CaseContext, type ConformanceCase, defineCase } from "../case.ts";
import { fieldList, fieldValues, type HttpHead } from "../wire/http-head.ts";
import { type AnswerRow, answerCases, expectGivenUp, expectOpened, shapeAnswer } from "./answer-script.ts";

const EXTENSION = "Sec-WebSocket-Extensions";
const PROTOCOL = "Sec-WebSocket-Protocol";

const unoffered: readonly AnswerRow[] = (
  [
    ["CH-8.1", EXTENSION, "x-not-offered", "RFC 6455 4.1 (5)"],
    ["CH-8.2", EXTENSION, "x-not-offered; a=1", "RFC 6455 4.1 (5)"],
    ["CH-8.3", EXTENSION, "constructor", "RFC 6455 4.1 (5)"],
    ["CH-8.4", EXTENSION, ";", "RFC 6455 9.1"],
    ["CH-8.5", EXTENSION, 'permessage-deflate; a="', "RFC 6455 9.1"],
    ["CH-8.6", EXTENSION, "permessage-deflate; =1", "RFC 6455 9.1"],
    ["CH-8.7", EXTENSION, "", "RFC 6455 9.1"],
    ["CH-9.1", PROTOCOL, "not.offered", "RFC 6455 4.1 (6)"],
    ["CH-9.2", PROTOCOL, ["not.offered", "neither"], "RFC 6455 4.1 (6)"],
    ["CH-9.3", PROTOCOL, "constructor", "RFC 6455 4.1 (6)"],
    ["CH-17.1", PROTOCOL, "caf\xe9", "RFC 6455 4.1 (6); CVE-2026-55517"],
    ["CH-17.2", PROTOCOL, "a\0b", "RFC 6455 4.1 (6); CVE-2026-55517"],
    ["CH-17.3", EXTENSION, "caf\xe9", "RFC 6455 9.1; CVE-2026-55517"],
    ["CH-17.4", EXTENSION, "a\0b", "RFC 6455 9.1; CVE-2026-55517"],
  ] as const
).map(([id, field, value, section]) => ({
  id,
  title: `${field}: ${JSON.stringify(value)} in the 101`,
  section,
  edits: { [field]: value },
  outcome: "fail",
  input: `A 101 that is good but for \`${field}: ${JSON.stringify(value)}\`, which was not offered.`,
}));

/** The subprotocols that the client offered. */
function offered(request: HttpHead | undefined): string[] {
  return request === undefined ? [] : fieldList(request, PROTOCOL);
}

type Choice = (offer: readonly [string, ...string[]]) => string | readonly string[];

function badChoice(id: string, title: string, choose: Choice): ConformanceCase[] {
  return defineCase({
    id,
    title: `Subprotocol in the 101: ${title}`,
    section: "RFC 6455 4.1 (6)",
    roles: ["client"],
    needs: { subprotocol: true },
    input: `A 101 that is good but for its Sec-WebSocket-Protocol: ${title}.`,
    expectation: "The client fails the connection.",
    async run(context: CaseContext) {
      const peer = await context.connect();
      const [first, ...rest] = offered(peer.request);
      if (first === undefined) context.skip("the client offers no subprotocol");
      await peer.sendHead(shapeAnswer(peer, { edits: { [PROTOCOL]: choose([first, ...rest]) } }));
      await expectGivenUp(peer);
    },
  });
}

function swapCase(value: string): string {
  return value === value.toLowerCase() ? value.toUpperCase() : value.toLowerCase();
}

/** Subprotocol and extensions in the server's 101 (RFC 6455 4.1, steps 5 and 6 on the response). */
export const answerListCases: readonly ConformanceCase[] = [
  ...answerCases(unoffered),
  ...answerCases([
    {
      id: "CH-17.5",
      title: "Bytes above 7f in an unknown field",
      section: "RFC 9110 5.5",
      edits: { "X-Text": "caf\xe9 \xff\x80" },
      outcome: "either",
      input: "A good 101 with `X-Text: caf<e9> <ff><80>`: obs-text, which is opaque.",
    },
    {
      id: "CH-17.6",
      title: "NUL in an unknown field",
      section: "RFC 9110 5.5",
      edits: { "X-Text": "a\0b" },
      outcome: "either",
      input: "A good 101 with `X-Text: a<00>b`: refused, or replaced by a blank.",
    },
    {
      id: "CH-17.7",
      title: "A line without a colon",
      section: "RFC 9112 5",
      rework: (head) => head.replace("\r\nUpgrade", "\r\nno colon here\r\nUpgrade"),
      outcome: "fail",
      input: "A good 101 with a line `no colon here`.",
    },
    {
      id: "CH-17.8",
      title: "A blank before a colon",
      section: "RFC 9112 5.1",
      rework: (head) => head.replace("Upgrade:", "Upgrade :"),
      outcome: "prefer-fail",
      input: "A good 101 with `Upgrade : websocket`.",
    },
  ]),
  ...defineCase({
    id: "CH-8.8",
    title: "permessage-deflate in the 101 though it was not offered",
    section: "RFC 6455 4.1 (5)",
    roles: ["client"],
    input: "A 101 that is good but for `Sec-WebSocket-Extensions: permessage-deflate`.",
    expectation: "The client fails the connection, unless it had offered the extension (then the case is skipped).",
    async run(context: CaseContext) {
      const peer = await context.connect();
      const offers = peer.request === undefined ? [] : fieldValues(peer.request, EXTENSION);
      if (offers.some((offer) => offer.includes("permessage-deflate")))
        context.skip("the client offers this extension");
      await peer.sendHead(shapeAnswer(peer, { edits: { [EXTENSION]: "permessage-deflate" } }));
      await expectGivenUp(peer);
    },
  }),
  ...badChoice("CH-9.4", "one that was not offered", () => "not.offered"),
  ...badChoice("CH-9.5", "an offered one in another case", ([first]) => swapCase(first)),
  ...badChoice("CH-9.6", "empty", () => ""),
  ...badChoice("CH-9.7", "an offered one and another in one line", ([first]) => `${first}, not.offered`),
  ...badChoice("CH-9.8", "an offered one and another in two lines", ([first]) => [first, "not.offered"]),
  ...defineCase({
    id: "CH-9.9",
    title: "Subprotocol in the 101: one that was offered",
    section: "RFC 6455 4.1 (6)",
    roles: ["client"],
    needs: { subprotocol: true },
    input: "A good 101 with the subprotocol that the client prefers.",
    expectation: "The connection is open.",
    async run(context: CaseContext) {
      const peer = await context.connect();
      const [first] = offered(peer.request);
      if (first === undefined) context.skip("the client offers no subprotocol");
      await peer.sendHead(shapeAnswer(peer, { choose: { subprotocol: first } }));
      await expectOpened(peer);
    },
  }),
  ...defineCase({
    id: "CH-10.1",
    title: "Subprotocol in the 101: none, though one was offered",
    section: "RFC 6455 4.1 (6); WHATWG WebSockets 2.1",
    roles: ["client"],
    needs: { subprotocol: true },
    input: "A good 101 without Sec-WebSocket-Protocol.",
    expectation: "Open (RFC 6455) or failed (WHATWG), as the client documents; it does not hang.",
    async run(context: CaseContext) {
      const peer = await context.connect();
      if (offered(peer.request).length === 0) context.skip("the client offers no subprotocol");
      await peer.sendHead(shapeAnswer(peer, { edits: { [PROTOCOL]: undefined } }));
      const event = await peer.next(1_000);
      if (event?.type === "end") return context.inform("the client fails the connection, as WHATWG has it");
      context.inform("the client opens the connection, as RFC 6455 allows");
      await expectOpened(peer);
    },
  }),
];
