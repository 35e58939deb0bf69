import { type CaseContext, type ConformanceCase, defineCase } from "../case.ts";
import { CaseFailure } from "../case-failure.ts";
import { toHex, utf8 } from "../wire/bytes.ts";
import { expectGivenUp, shapeAnswer } from "./answer-script.ts";

const STATUSES = [
  [200, "OK"],
  [204, "No Content"],
  [400, "Bad Request"],
  [401, "Unauthorized"],
  [403, "Forbidden"],
  [404, "Not Found"],
  [426, "Upgrade Required"],
  [500, "Internal Server Error"],
  [503, "Service Unavailable"],
] as const;

const REDIRECTS = [
  ["CH-21.1", 301, "/elsewhere"],
  ["CH-21.2", 302, "file:///etc/passwd"],
  ["CH-21.3", 307, "http://["],
  ["CH-21.4", 308, "//"],
] as const;

/** After this many bytes of a refusal's body a client has taken more than anyone reads. */
const BODY_LIMIT = 32 << 20;

function refusal(id: string, title: string, input: string, answer: string): ConformanceCase[] {
  return defineCase({
    id,
    title,
    section: "RFC 6455 4.1 (1)",
    roles: ["client"],
    input,
    expectation: "The client does not open the connection: it sends no frame and closes TCP.",
    async run(context) {
      const peer = await context.connect();
      await peer.sendHead(Uint8Array.from(Buffer.from(answer, "latin1")));
      await expectGivenUp(peer, 0);
    },
  });
}

/** Sends the first `length` bytes of a good 101 and leaves (CH-18). */
function cutShort(id: string, length: number, how: "fin" | "reset"): ConformanceCase[] {
  return defineCase({
    id,
    title: `${how === "fin" ? "FIN" : "RST"} after ${length} bytes of the 101`,
    section: "RFC 6455 4.1; 7.1.7",
    roles: ["client"],
    input: `The first ${length} bytes of a good 101, then ${how === "fin" ? "FIN" : "RST"}.`,
    expectation: "The client closes and sends nothing.",
    async run(context) {
      const peer = await context.connect();
      await peer.sendBytes(shapeAnswer(peer, {}).subarray(0, length), "whole");
      if (how === "reset") return peer.transport.reset();
      peer.transport.end();
      await expectGivenUp(peer);
    },
  });
}

async function sendEndlessBody(context: CaseContext, head: string): Promise<void> {
  const peer = await context.connect();
  await peer.sendHead(utf8(head));
  const block = utf8("a".repeat(65_536));
  const framed = head.includes("chunked") ? utf8(`10000\r\n${"a".repeat(65_536)}\r\n`) : block;
  let taken = 0;
  while (taken < BODY_LIMIT && peer.transport.peerEnd === undefined) {
    const written = peer.sendBytes(framed, "whole").then(() => true);
    const stalled = new Promise<false>((resolve) => setTimeout(resolve, 2_000, false));
    if (!(await Promise.race([written, stalled]))) break;
    taken += block.length;
  }
  context.log.event(`${(taken / (1 << 20)).toFixed(1)} MiB of the body were taken`);
  if (taken >= BODY_LIMIT) context.nonStrict("the client reads the body of a refusal without a bound");
  const received = await peer.readBody(65_536, 0);
  if (received.length > 0) throw new CaseFailure(`the client sent ${toHex(received, 24)} after a refusal`);
}

/** Answers that refuse the handshake, and answers that never become complete. */
export const answerRefusalCases: readonly ConformanceCase[] = [
  ...STATUSES.flatMap(([status, reason], index) => {
    const head = `HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\n`;
    const body = `Refused with ${status}.`;
    return [
      ...refusal(
        `CH-1.${index + 1}`,
        `Refused with ${status}`,
        `\`${status} ${reason}\` without a body.`,
        `${head}${status === 204 ? "" : "Content-Length: 0\r\n"}\r\n`,
      ),
      ...([401, 503].includes(status)
        ? refusal(
            `CH-1.${index + 11}`,
            `Refused with ${status} and a body`,
            `\`${status} ${reason}\` with a body of ${body.length} bytes.`,
            `${head}Content-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
          )
        : []),
    ];
  }),
  ...refusal(
    "CH-1.30",
    "200 with the fields of an upgrade",
    "`200 OK` with Upgrade, Connection and a body that is a frame.",
    "HTTP/1.1 200 OK\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 4\r\n\r\n\x81\x02hi",
  ),
  ...["Content-Length: 1000000000000", "Transfer-Encoding: chunked", "Connection: close"].flatMap((field, index) =>
    defineCase({
      id: `CH-1.${31 + index}`,
      title: `A refusal with a body that does not end (${field.split(":")[0]})`,
      section: "RFC 6455 4.1 (1)",
      roles: ["client"],
      timeout: 60_000,
      input: `\`403 Forbidden\` with \`${field}\` and a body without end.`,
      expectation: "The client reads a bounded part of it and closes.",
      run: (context) => sendEndlessBody(context, `HTTP/1.1 403 Forbidden\r\n${field}\r\n\r\n`),
    }),
  ),
  ...REDIRECTS.flatMap(([id, status, location]) =>
    refusal(
      id,
      `Redirected with ${status} to ${location}`,
      `\`${status}\` with \`Location: ${location}\`.`,
      `HTTP/1.1 ${status} Moved\r\nLocation: ${location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    ),
  ),
  ...[0, 1, 12, 33, 80, 127].flatMap((length, index) => cutShort(`CH-18.${index + 1}`, length, "fin")),
  ...[0, 20, 100].flatMap((length, index) => cutShort(`CH-18.${index + 11}`, length, "reset")),
];
