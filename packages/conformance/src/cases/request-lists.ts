import type { ConformanceCase } from "../case.ts";
import { type RequestOutcome, type RequestRow, requestCases } from "./request-script.ts";

type Row = readonly [id: string, title: string, value: string | readonly string[], outcome: RequestOutcome];

const subprotocols: readonly Row[] = [
  ["SH-16.2", "an empty element", "a,,b", "open"],
  ["SH-16.3", "a blank inside a token", "a b", "refuse"],
  ["SH-16.4", "a quoted string", '"x"', "refuse"],
  ["SH-16.5", "bytes above 7f", "caf\xe9", "refuse"],
  ["SH-16.6", "a separator inside a token", "a/b", "refuse"],
  ["SH-16.7", "nothing at all", "", "refuse"],
  ["SH-16.8", "a control character", "a\x01b", "refuse"],
];

const extensions: readonly Row[] = [
  ["SH-26.1", "a parameter without an extension", ";a", "refuse"],
  ["SH-26.2", "an empty parameter", "a;;b", "refuse"],
  ["SH-26.3", "a parameter with = and no value", "a; b=", "refuse"],
  ["SH-26.4", "a quoted string without an end", 'a;b="x', "refuse"],
  ["SH-26.5", "two tokens for a value", "a;b=c d", "refuse"],
  ["SH-26.6", "an extension with a value", "a=b", "refuse"],
  ["SH-26.7", "text behind a quoted string", 'a;b="c"d', "refuse"],
  ["SH-26.8", "a quoted value that is no token", 'a;b="c d"', "refuse"],
  ["SH-26.9", "a quoted value that is empty", 'a;b=""', "refuse"],
  ["SH-26.10", "bytes above 7f", "caf\xe9", "refuse"],
  ["SH-26.11", "a trailing semicolon", "a;", "refuse"],
  ["SH-26.12", "nothing at all", "", "refuse"],
  ["SH-26.13", "an empty element", "a,,b", "open"],
  ["SH-26.14", "the second of two lines malformed", ["x-good", "x-bad;"], "refuse"],
];

function rowsOf(rows: readonly Row[], field: string, section: string): RequestRow[] {
  return rows.map(([id, what, value, outcome]) => ({
    id,
    title: `${field} with ${what}`,
    section,
    edits: { [field]: value },
    outcome,
    input: `${field}: ${JSON.stringify(value)} in an otherwise good request.`,
  }));
}

/** Malformed lists in Sec-WebSocket-Protocol (RFC 6455 4.2.1 and 4.3) and Sec-WebSocket-Extensions (9.1). */
export const requestListCases: readonly ConformanceCase[] = requestCases([
  {
    id: "SH-16.1",
    title: "The same subprotocol twice",
    section: "RFC 6455 4.1 (10)",
    edits: { "Sec-WebSocket-Protocol": "a, a" },
    outcome: "open",
    input: "`Sec-WebSocket-Protocol: a, a`: a client must not; a server need not look.",
  },
  ...rowsOf(subprotocols, "Sec-WebSocket-Protocol", "RFC 6455 4.3"),
  ...rowsOf(extensions, "Sec-WebSocket-Extensions", "RFC 6455 9.1"),
]);

/** What RFC 9112 lets a server take or refuse, and what it has to refuse, below the level of fields. */
export const requestSyntaxCases: readonly ConformanceCase[] = requestCases([
  {
    id: "SH-28.1",
    title: "A folded field line",
    section: "RFC 9112 5.2",
    rework: (head) => head.replace("Upgrade: websocket\r\n", "X-Folded: a\r\n b\r\nUpgrade: websocket\r\n"),
    outcome: "open",
    input: "`X-Folded: a` continued on a line that begins with a blank: refused, or the fold is replaced by blanks.",
  },
  {
    id: "SH-28.2",
    title: "Lines that end with LF alone",
    section: "RFC 9112 2.2",
    rework: (head) => head.replaceAll("\r\n", "\n"),
    outcome: "open",
    input: "A good request with LF in place of every CR LF.",
  },
  {
    id: "SH-28.3",
    title: "NUL in a field value",
    section: "RFC 9110 5.5",
    rework: (head) => head.replace("\r\nUpgrade", "\r\nX-Null: a\0b\r\nUpgrade"),
    outcome: "open",
    input: "`X-Null: a<00>b`: refused, or the NUL is replaced by a blank.",
  },
  {
    id: "SH-28.4",
    title: "A blank before the colon",
    section: "RFC 9112 5.1",
    rework: (head) => head.replace("Upgrade: websocket", "Upgrade : websocket"),
    outcome: "refuse",
    input: "`Upgrade : websocket`: a server must refuse white space before the colon.",
  },
  {
    id: "SH-28.5",
    title: "A line without a colon",
    section: "RFC 9112 5",
    rework: (head) => head.replace("\r\nUpgrade", "\r\nno colon here\r\nUpgrade"),
    outcome: "refuse",
    input: "A line `no colon here` among the fields.",
  },
  {
    id: "SH-28.6",
    title: "An empty field name",
    section: "RFC 9112 5",
    rework: (head) => head.replace("\r\nUpgrade", "\r\n: x\r\nUpgrade"),
    outcome: "refuse",
    input: "A line `: x` among the fields.",
  },
  {
    id: "SH-28.7",
    title: "A CR inside a value",
    section: "RFC 9112 2.2",
    rework: (head) => head.replace("\r\nUpgrade", "\r\nX-Return: a\rb\r\nUpgrade"),
    outcome: "open",
    input: "`X-Return: a<0d>b`: refused, or the CR is replaced by a blank.",
  },
  {
    id: "SH-28.8",
    title: "A blank between the request line and the fields",
    section: "RFC 9112 2.2",
    rework: (head) => head.replace("\r\nHost", "\r\n Host"),
    outcome: "refuse",
    input: "The first field line, Host, begins with a blank: refused, or ignored, which leaves no Host.",
  },
  {
    id: "SH-28.9",
    title: "A field name that is no token",
    section: "RFC 9110 5.1",
    rework: (head) => head.replace("\r\nUpgrade", "\r\nX(comment): x\r\nUpgrade"),
    outcome: "refuse",
    input: "A field named `X(comment)`.",
  },
  {
    id: "SH-28.10",
    title: "Two blanks in the request line",
    section: "RFC 9112 3",
    rework: (head) => head.replace("GET ", "GET  "),
    outcome: "open",
    input: "`GET  RESOURCE HTTP/1.1`: a server may be lenient here.",
  },
  {
    id: "SH-28.11",
    title: "An empty line before the request line",
    section: "RFC 9112 2.2",
    rework: (head) => `\r\n${head}`,
    outcome: "prefer-accept",
    input: "CR LF and then a good request: a server should ignore it.",
  },
  {
    id: "SH-28.12",
    title: "A request-target with a fragment",
    section: "RFC 6455 3",
    rework: (head) => head.replace(" HTTP/1.1", "#fragment HTTP/1.1"),
    outcome: "open",
    input: "`#fragment` at the end of the request-target: clients must not send it.",
  },
  {
    id: "SH-37.1",
    title: "Upgrade: h2c",
    section: "RFC 9110 7.8",
    edits: { Upgrade: "h2c", "HTTP2-Settings": "AAMAAABkAAQAAP__", Connection: "Upgrade, HTTP2-Settings" },
    outcome: "http",
    input: "An upgrade to h2c.",
    needs: { answersHttp: true },
  },
  {
    id: "SH-37.2",
    title: "Upgrade: TLS/1.0",
    section: "RFC 9110 7.8",
    edits: { Upgrade: "TLS/1.0" },
    outcome: "http",
    input: "An upgrade to TLS/1.0.",
    needs: { answersHttp: true },
  },
]);
