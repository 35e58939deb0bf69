import type { ConformanceCase } from "../case.ts";
import { clientKey } from "../opening.ts";
import { acceptKey } from "../wire/accept-key.ts";
import { type AnswerRow, answerCases } from "./answer-script.ts";

const good: readonly AnswerRow[] = [
  {
    id: "CH-7.1",
    title: "Connection: keep-alive, uPgRaDe",
    section: "RFC 6455 4.1 (3)",
    edits: { Connection: "keep-alive, uPgRaDe" },
    outcome: "open",
    input: "A good 101 with `Connection: keep-alive, uPgRaDe`.",
  },
  {
    id: "CH-7.2",
    title: "Upgrade: WEBSOCKET",
    section: "RFC 6455 4.1 (2)",
    edits: { Upgrade: "WEBSOCKET" },
    outcome: "open",
    input: "A good 101 with `Upgrade: WEBSOCKET`.",
  },
  {
    id: "CH-7.3",
    title: "Field names in upper and lower case",
    section: "RFC 9110 5.1",
    rework: (head) =>
      head.replace(/^Upgrade(?=:)/m, "UPGRADE").replace(/^Sec-WebSocket-Accept/m, "sec-websocket-accept"),
    outcome: "open",
    input: "A good 101 with `UPGRADE` and `sec-websocket-accept`.",
  },
  {
    id: "CH-7.4",
    title: "Another reason phrase",
    section: "RFC 9112 4",
    startLine: "HTTP/1.1 101 Web Socket Protocol Handshake",
    outcome: "open",
    input: "`HTTP/1.1 101 Web Socket Protocol Handshake`, and a good head.",
  },
  {
    id: "CH-7.5",
    title: "No reason phrase",
    section: "RFC 9112 4",
    startLine: "HTTP/1.1 101 ",
    outcome: "open",
    input: "`HTTP/1.1 101 ` with nothing behind the blank, and a good head.",
  },
  {
    id: "CH-7.6",
    title: "White space around the accept value",
    section: "RFC 6455 4.1 (4)",
    rework: (head) => head.replace(/^(Sec-WebSocket-Accept): (.*)$/m, "$1:   $2  "),
    outcome: "open",
    input: "Blanks before and after the value of Sec-WebSocket-Accept, which are to be ignored.",
  },
  {
    id: "CH-7.7",
    title: "Connection in two lines",
    section: "RFC 9110 5.3",
    edits: { Connection: ["keep-alive", "Upgrade"] },
    outcome: "open",
    input: "`Connection: keep-alive` and `Connection: Upgrade`.",
  },
  {
    id: "CH-7.8",
    title: "Unknown fields",
    section: "RFC 9110 5.1",
    edits: {
      Date: "Tue, 15 Nov 1994 08:12:31 GMT",
      Server: "x",
      "X-Long": "y".repeat(1_000),
      "Set-Cookie": ["a=1", "b=2"],
    },
    outcome: "open",
    input: "A good 101 with Date, Server, two Set-Cookie and a field of 1,000 bytes.",
  },
  {
    id: "CH-6.1",
    title: "100 before the 101",
    section: "RFC 9110 15.2",
    rework: (head) => `HTTP/1.1 100 Continue\r\n\r\n${head}`,
    outcome: "prefer-open",
    input: "`HTTP/1.1 100 Continue` and an empty line, then a good 101.",
  },
  {
    id: "CH-6.2",
    title: "103 before the 101",
    section: "RFC 9110 15.2; RFC 8297",
    rework: (head) => `HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n${head}`,
    outcome: "prefer-open",
    input: "`HTTP/1.1 103 Early Hints` with a Link, then a good 101.",
  },
];

const upgradeFaults: readonly AnswerRow[] = (
  [
    ["CH-2.1", "No Upgrade", { Upgrade: undefined }, "fail", "RFC 6455 4.1 (2)"],
    ["CH-2.2", "Upgrade: h2c", { Upgrade: "h2c" }, "fail", "RFC 6455 4.1 (2)"],
    ["CH-2.3", "Upgrade: websocket2", { Upgrade: "websocket2" }, "fail", "RFC 6455 4.1 (2)"],
    ["CH-2.4", "Upgrade: websocket, h2c", { Upgrade: "websocket, h2c" }, "prefer-fail", "RFC 6455 4.1 (2)"],
    ["CH-3.1", "No Connection", { Connection: undefined }, "fail", "RFC 6455 4.1 (3)"],
    ["CH-3.2", "Connection: close", { Connection: "close" }, "fail", "RFC 6455 4.1 (3)"],
    ["CH-3.3", "Connection: notupgrade", { Connection: "keep-alive, notupgrade" }, "fail", "RFC 6455 4.1 (3)"],
  ] as const
).map(([id, title, edits, outcome, section]) => ({ id, title, edits, outcome, ...told(section, title) }));

const acceptFaults: readonly AnswerRow[] = (
  [
    ["CH-5.1", "No Sec-WebSocket-Accept", () => undefined],
    ["CH-5.2", "An empty Sec-WebSocket-Accept", () => ""],
    ["CH-5.3", "The accept value of another key", () => acceptKey("dGhlIHNhbXBsZSBub25jZQ==")],
    ["CH-5.4", "An accept value without its last character", (good: string) => good.slice(0, -1)],
    ["CH-5.5", "An accept value with its case swapped", swapCase],
    ["CH-5.6", "An accept value with text behind it", (good: string) => `${good}x`],
    ["CH-5.7", "The key itself as accept value", (_: string, key: string) => key],
    ["CH-5.8", "A second, wrong Sec-WebSocket-Accept", (good: string) => [good, acceptKey("AAAAAAAAAAAAAAAAAAAAAA==")]],
    ["CH-5.9", "A first, wrong Sec-WebSocket-Accept", (good: string) => [acceptKey("AAAAAAAAAAAAAAAAAAAAAA=="), good]],
    ["CH-5.10", "Two accept values in one line", (good: string) => `${good}, ${good}`],
  ] as const
).map(([id, title, value]) => ({
  id,
  title,
  outcome: "fail",
  edits: (peer) => ({ "Sec-WebSocket-Accept": value(acceptKey(clientKey(peer)), clientKey(peer)) }),
  ...told("RFC 6455 4.1 (4)", title),
}));

const statusFaults: readonly AnswerRow[] = (
  [
    ["CH-1.20", "HTTP/1.1 200 OK", "fail", "RFC 6455 4.1 (1)"],
    ["CH-1.21", "HTTP/1.1 102 Processing", "either", "RFC 6455 4.1 (1)"],
    ["CH-1.22", "HTTP/1.1 1001 Switching Protocols", "fail", "RFC 9112 4"],
    ["CH-1.23", "HTTP/1.1 10 Switching Protocols", "fail", "RFC 9112 4"],
    ["CH-1.24", "HTTP/1.1 abc Switching Protocols", "fail", "RFC 9112 4"],
    ["CH-1.25", "HTTP/1.1 101", "either", "RFC 9112 4"],
    ["CH-1.26", "HTTP/1.0 101 Switching Protocols", "either", "RFC 9110 15.2"],
    ["CH-1.27", "HTTP/2.0 101 Switching Protocols", "prefer-fail", "RFC 9113 8.6"],
    ["CH-1.28", "SSH-2.0-OpenSSH_9.2", "fail", "RFC 9112 4"],
    ["CH-1.29", "", "fail", "RFC 9112 4"],
  ] as const
).map(([id, startLine, outcome, section]) => ({
  id,
  title: `Status line ${JSON.stringify(startLine)} over the fields of a good 101`,
  startLine,
  outcome,
  section,
  input: `\`${startLine}\` with the fields of a good 101.`,
}));

function told(section: string, title: string): { section: string; input: string } {
  return { section, input: `A 101 that is good but for: ${title}.` };
}

function swapCase(value: string): string {
  return value.replace(/[a-z]/gi, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
}

/** What a client checks of the server's 101 (RFC 6455 4.1, steps 1 to 4 on the response). */
export const answerCheckCases: readonly ConformanceCase[] = answerCases([
  ...good,
  ...statusFaults,
  ...upgradeFaults,
  ...acceptFaults,
]);
