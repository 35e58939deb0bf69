import { type CaseContext, type ConformanceCase, defineCase } from "../case.ts";
import { CaseFailure, NoRequest } from "../case-failure.ts";
import { clientKey } from "../opening.ts";
import { toHex } from "../wire/bytes.ts";
import { fieldList, fieldValues, type HttpHead, isToken } from "../wire/http-head.ts";
import { expectOpened, shapeAnswer } from "./answer-script.ts";
import { BAD_CERTIFICATES } from "./bad-certificates.ts";

/** RFC 6455 9.1 over one member of the list: a token, and parameters with token or quoted values. */
const EXTENSION =
  /^[!#$%&'*+\-.^_`|~\w]+(?:[ \t]*;[ \t]*[!#$%&'*+\-.^_`|~\w]+(?:=(?:[!#$%&'*+\-.^_`|~\w]+|"[^"]*"))?)*$/;

type Check = (head: HttpHead, context: CaseContext) => void;

function single(head: HttpHead, name: string): string {
  const values = fieldValues(head, name);
  const [value] = values;
  if (value === undefined || values.length > 1)
    throw new CaseFailure(`the request has ${values.length} ${name} fields`);
  return value;
}

function includesToken(head: HttpHead, name: string, token: string): void {
  if (fieldList(head, name).some((member) => member.toLowerCase() === token)) return;
  throw new CaseFailure(`the request's ${name} is "${fieldValues(head, name).join(", ")}", without ${token}`);
}

/** RFC 6455 4.1: what the request has to be, one case a step. */
const checks: readonly (readonly [id: string, title: string, section: string, demand: string, check: Check])[] = [
  [
    "CH-30.1",
    "The request line",
    "RFC 6455 4.1 (1) and (2)",
    "`GET`, the resource name, `HTTP/1.1`.",
    (head, context) => {
      const [method, target = "", version] = head.startLine.split(" ");
      if (method !== "GET") throw new CaseFailure(`the method is ${method}`);
      if (version !== "HTTP/1.1") throw new CaseFailure(`the version is ${version}`);
      if (target.includes("#")) throw new CaseFailure(`the request-target has a fragment: ${target}`);
      if (!target.startsWith("/") && !/^(https?|wss?):\/\//.test(target))
        throw new CaseFailure(`the target is ${target}`);
      if (!target.startsWith("/")) context.inform("the request-target is in absolute form");
    },
  ],
  [
    "CH-30.2",
    "Host",
    "RFC 6455 4.1 (4)",
    "One Host with the URL's host and its port, which is no default one.",
    (head) => {
      const host = single(head, "host");
      if (!/^[\w.[\]:-]+:\d+$/.test(host)) throw new CaseFailure(`Host is "${host}", without the port of the URL`);
    },
  ],
  [
    "CH-30.3",
    "Upgrade",
    "RFC 6455 4.1 (5)",
    "Upgrade includes `websocket`.",
    (head) => includesToken(head, "upgrade", "websocket"),
  ],
  [
    "CH-30.4",
    "Connection",
    "RFC 6455 4.1 (6)",
    "Connection includes `Upgrade`.",
    (head) => includesToken(head, "connection", "upgrade"),
  ],
  [
    "CH-30.5",
    "Sec-WebSocket-Key",
    "RFC 6455 4.1 (7) and 11.3.1",
    "One key: 16 bytes in base64.",
    (head) => {
      const key = single(head, "sec-websocket-key");
      const bytes = Buffer.from(key, "base64");
      if (bytes.length !== 16 || bytes.toString("base64") !== key) throw new CaseFailure(`the key is "${key}"`);
    },
  ],
  [
    "CH-30.6",
    "Origin",
    "RFC 6455 4.1 (8)",
    "At most one Origin.",
    (head, context) => {
      const origins = fieldValues(head, "origin");
      if (origins.length > 1) throw new CaseFailure("the request has two Origin fields");
      if (origins.length === 1) context.log.event(`Origin: ${origins[0]}`);
    },
  ],
  [
    "CH-30.7",
    "Sec-WebSocket-Version",
    "RFC 6455 4.1 (9) and 11.3.5",
    "One version, 13.",
    (head) => {
      const version = single(head, "sec-websocket-version");
      if (version !== "13") throw new CaseFailure(`the version is ${version}`);
    },
  ],
  [
    "CH-30.8",
    "Sec-WebSocket-Protocol",
    "RFC 6455 4.1 (10)",
    "If there is any: unique tokens.",
    (head) => {
      const values = fieldValues(head, "sec-websocket-protocol");
      const offered = values
        .join(",")
        .split(",")
        .map((value) => value.trim());
      if (values.length === 0) return;
      const bad = offered.find((value) => !isToken(value));
      if (bad !== undefined) throw new CaseFailure(`"${bad}" is no token`);
      if (new Set(offered).size !== offered.length) throw new CaseFailure("a subprotocol is offered twice");
    },
  ],
  [
    "CH-30.9",
    "Sec-WebSocket-Extensions",
    "RFC 6455 4.1 (11) and 9.1",
    "If there is any: well-formed offers.",
    (head) => {
      const values = fieldValues(head, "sec-websocket-extensions");
      if (values.length === 0) return;
      for (const offer of values.join(",").split(",")) {
        if (!EXTENSION.test(offer.trim())) throw new CaseFailure(`"${offer.trim()}" is no offer of an extension`);
      }
    },
  ],
  [
    "CH-30.10",
    "No body",
    "RFC 6455 4.1; RFC 9112 6",
    "Neither Content-Length (but 0) nor Transfer-Encoding.",
    (head) => {
      const length = fieldValues(head, "content-length");
      if (length.some((value) => value !== "0"))
        throw new CaseFailure(`the request has Content-Length: ${length.join(", ")}`);
      if (fieldValues(head, "transfer-encoding").length > 0) throw new CaseFailure("the request has Transfer-Encoding");
    },
  ],
];

/** What a client's own request looks like (RFC 6455 4.1). */
export const clientRequestCases: readonly ConformanceCase[] = [
  ...checks.flatMap(([id, title, section, demand, check]) =>
    defineCase({
      id,
      title: `The client's request: ${title}`,
      section,
      roles: ["client"],
      input: "Nothing; then a good 101.",
      expectation: demand,
      async run(context) {
        const peer = await context.connect();
        if (peer.request === undefined) throw new CaseFailure("the client sent no request");
        check(peer.request, context);
        await peer.sendHead(shapeAnswer(peer, {}));
        await expectOpened(peer);
      },
    }),
  ),
  ...defineCase({
    id: "CH-20.1",
    title: "The client waits for the 101",
    section: "RFC 6455 4.1",
    roles: ["client"],
    input: "Nothing for 600 ms, then half of a good 101, nothing for 300 ms, then the rest.",
    expectation: "The client sends nothing but its request before the 101 is complete.",
    async run(context) {
      const peer = await context.connect();
      const answer = shapeAnswer(peer, {});
      for (const [part, wait] of [
        [answer.subarray(0, 0), 600],
        [answer.subarray(0, 60), 300],
      ] as const) {
        if (part.length > 0) await peer.sendBytes(part, "whole");
        const early = await peer.readBody(65_536, wait);
        if (early.length > 0) throw new CaseFailure(`the client sent ${toHex(early, 24)} before the 101 was complete`);
        if (peer.transport.peerEnd !== undefined) throw new CaseFailure("the client did not wait for the answer");
      }
      await peer.sendBytes(answer.subarray(60), "whole");
      await expectOpened(peer);
    },
  }),
  ...defineCase({
    id: "CH-28.1",
    title: "A fresh key for every connection",
    section: "RFC 6455 4.1 (7)",
    roles: ["client"],
    connections: 4,
    input: "Four connections, one after another.",
    expectation: "Four different keys, none of them all of one byte.",
    async run(context) {
      const keys = new Set<string>();
      for (let connection = 0; connection < 4; connection += 1) {
        const peer = await context.connect();
        const key = clientKey(peer);
        const bytes = Buffer.from(key, "base64");
        if (new Set(bytes).size < 5) throw new CaseFailure(`the key ${key} is hardly random`);
        if (keys.has(key)) throw new CaseFailure(`the key ${key} came twice`);
        keys.add(key);
        await peer.sendHead(shapeAnswer(peer, {}));
        await expectOpened(peer);
      }
    },
  }),
  ...BAD_CERTIFICATES.flatMap(({ id, title, cert, key }) =>
    defineCase({
      id,
      title: `A wss: server whose certificate is ${title}`,
      section: "RFC 6455 4.1 and 10.6; CVE-2020-15133",
      roles: ["client"],
      needs: { launchedClient: true },
      timeout: 40_000,
      input: `A wss: URL on localhost, and a certificate that is ${title}.`,
      expectation: "The client fails the TLS handshake, and sends no request.",
      async run(context) {
        try {
          await context.connect({ tls: { cert, key } });
        } catch (error) {
          if (error instanceof NoRequest) return context.log.event(error.message);
          throw error;
        }
        throw new CaseFailure(`the client trusts a certificate that is ${title} (RFC 6455 4.1)`);
      },
    }),
  ),
];
