import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  encodeAccept,
  examineRequest,
  HandshakeError,
  HeaderFields,
  type HeaderInit,
  type RequestHead,
  type RequestVerdict,
  requestHeadFromRaw,
  requestHeadParser,
  type UpgradeRequest,
  UsageError,
} from "../../src/index.ts";
import { ACCEPT, head, joined, KEY, latin1, parse, text } from "./_heads.ts";

const VALID = {
  Host: "example.com",
  Upgrade: "websocket",
  Connection: "Upgrade",
  "Sec-WebSocket-Key": KEY,
  "Sec-WebSocket-Version": "13",
};

type Fields = Record<string, string | readonly string[] | undefined>;

/** The valid request with some headers changed, added or (undefined) left out. */
function bytesOf(fields: Fields = {}, line = "GET /chat HTTP/1.1"): Uint8Array {
  const lines = Object.entries({ ...VALID, ...fields }).flatMap(([name, value]) =>
    (value === undefined ? [] : [value].flat()).map((one) => `${name}: ${one}`),
  );
  return head(line, ...lines);
}

/** The verdict on bytes in every split, and on the same lines from a foreign parser. */
function examine(fields: Fields = {}, line?: string): RequestVerdict {
  const bytes = bytesOf(fields, line);
  const parsed = parse<RequestHead>(() => requestHeadParser({ maxHeadSize: 100_000, maxHeaders: 100 }), bytes);
  if (parsed.head === undefined) expect.fail(`no head: ${parsed.fault}`);
  const verdict = examineRequest(parsed.head);
  const [first = "", ...lines] = text(bytes).trimEnd().split("\r\n");
  const [method = "", target = "", version = ""] = first.split(" ");
  const raw = lines.flatMap((one) => [one.slice(0, one.indexOf(":")), one.slice(one.indexOf(":") + 1)]);
  const foreign = requestHeadFromRaw(method, target, version.slice(5), raw);
  if (foreign instanceof HandshakeError) expect.fail(foreign.code);
  const other = examineRequest(foreign);
  expect(other.kind).toBe(verdict.kind);
  if (verdict.kind === "refused") expect(other).toMatchObject({ error: { code: verdict.error.code } });
  return verdict;
}

function upgrade(fields: Fields = {}, line?: string): UpgradeRequest {
  const verdict = examine(fields, line);
  if (verdict.kind !== "upgrade") expect.fail(verdict.kind === "refused" ? verdict.error.message : verdict.kind);
  return verdict.request;
}

describe("examineRequest", () => {
  it("accepts the request of RFC 6455 section 1.2", () => {
    const request = upgrade({
      Origin: "http://example.com",
      "Sec-WebSocket-Protocol": "chat, superchat",
      "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
    });
    expect(request).toMatchObject({
      method: "GET",
      target: "/chat",
      host: "example.com",
      origin: "http://example.com",
      key: KEY,
      subprotocols: ["chat", "superchat"],
      extensions: [{ name: "permessage-deflate", params: [["client_max_window_bits", true]] }],
    });
    expect(request.headers.get("upgrade")).toBe("websocket");
    expect(upgrade()).toMatchObject({ origin: null, subprotocols: [], extensions: [] });
  });

  it.each<[string, Fields, string?]>([
    ["SH-5: Upgrade: WebSocket", { Upgrade: "WebSocket" }],
    ["SH-5: Upgrade: wEbSoCkEt", { Upgrade: "wEbSoCkEt" }],
    ["Upgrade with others beside it", { Upgrade: "h2c, websocket" }],
    ["Upgrade on two lines", { Upgrade: ["h2c", "websocket"] }],
    ["SH-7: Connection: keep-alive, Upgrade", { Connection: "keep-alive, Upgrade" }],
    ["Connection on two lines", { Connection: ["keep-alive", "uPGRADE"] }],
    ["an empty body that is declared", { "Content-Length": "0" }],
    ["a Host with port and one in brackets", { Host: "[::1]:9001" }],
    ["a later HTTP/1 version", {}, "GET / HTTP/1.2"],
    ["blanks around every value", { "Sec-WebSocket-Key": `\t ${KEY}  `, "Sec-WebSocket-Version": " 13\t" }],
    [
      "extensions with names of Object.prototype (SH-25)",
      { "Sec-WebSocket-Extensions": "constructor, __proto__; x=1" },
    ],
  ])("accepts %s", (_title, fields, line) => {
    expect(examine(fields, line).kind).toBe("upgrade");
  });

  it("takes host and target from a whole URI (RFC 9112 section 3.2.2)", () => {
    expect(upgrade({}, "GET http://other.example:81/x?y HTTP/1.1")).toMatchObject({
      host: "other.example:81",
      target: "/x?y",
    });
  });

  it.each<[string, Fields, string, number, string?]>([
    ["SH-1: POST", {}, "method", 405, "POST / HTTP/1.1"],
    ["SH-1: HEAD", {}, "method", 405, "HEAD / HTTP/1.1"],
    ["SH-1: get", {}, "method", 405, "get / HTTP/1.1"],
    ["SH-2: HTTP/1.0", {}, "http-version", 505, "GET / HTTP/1.0"],
    ["nothing of a handshake but a key", { Upgrade: undefined, "Sec-WebSocket-Version": undefined }, "upgrade", 426],
    ["nothing of a handshake but a version", { Upgrade: undefined, "Sec-WebSocket-Key": undefined }, "upgrade", 426],
    ["no Host", { Host: undefined }, "host", 400],
    ["an empty Host", { Host: "" }, "host", 400],
    ["two Hosts", { Host: ["a", "a"] }, "host", 400],
    ["a Host that is none", { Host: "a/b" }, "host", 400],
    ["two Hosts in one", { Host: "a, b" }, "host", 400],
    ["SH-4: no Upgrade", { Upgrade: undefined }, "upgrade", 426],
    ["SH-8: Upgrade: notwebsocket", { Upgrade: "notwebsocket" }, "upgrade", 426],
    ["SH-8: Upgrade: websocket/13", { Upgrade: "websocket/13" }, "upgrade", 426],
    ["SH-15: version 8 without Upgrade", { Upgrade: undefined, "Sec-WebSocket-Version": "8" }, "upgrade", 426],
    [
      "SH-15: version 7 and no key",
      { Upgrade: undefined, "Sec-WebSocket-Version": "7", "Sec-WebSocket-Key": undefined },
      "upgrade",
      426,
    ],
    ["SH-8: Connection: notupgrade", { Connection: "notupgrade" }, "connection", 400],
    ["SH-9: no Connection", { Connection: undefined }, "connection", 400],
    ["SH-9: Connection: close", { Connection: "close" }, "connection", 400],
    ["no version", { "Sec-WebSocket-Version": undefined }, "version-missing", 400],
    ["two versions", { "Sec-WebSocket-Version": ["13", "13"] }, "version-missing", 400],
    ["version 8", { "Sec-WebSocket-Version": "8" }, "version-unsupported", 426],
    ["version 013", { "Sec-WebSocket-Version": "013" }, "version-unsupported", 426],
    ["version 13, 8", { "Sec-WebSocket-Version": "13, 8" }, "version-unsupported", 426],
    ["an empty version", { "Sec-WebSocket-Version": "" }, "version-unsupported", 426],
    ["SH-10: no key", { "Sec-WebSocket-Key": undefined }, "key", 400],
    ["SH-10: an empty key", { "Sec-WebSocket-Key": "" }, "key", 400],
    ["SH-10: the key twice", { "Sec-WebSocket-Key": [KEY, KEY] }, "key", 400],
    ["SH-11: a key of 15 bytes", { "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAA" }, "key", 400],
    ["SH-11: a key of 17 bytes", { "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAAA=" }, "key", 400],
    ["SH-11: a key without padding", { "Sec-WebSocket-Key": KEY.slice(0, 22) }, "key", 400],
    ["SH-11: a key with another alphabet", { "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25j-_==" }, "key", 400],
    ["SH-11: a key with a space inside", { "Sec-WebSocket-Key": "dGhlIHNhbXBs SBub25jZQ==" }, "key", 400],
    ["SH-11: a key with octets over 7F", { "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25j\u0080Q==" }, "key", 400],
    ["SH-16: a subprotocol twice", { "Sec-WebSocket-Protocol": "a, a" }, "subprotocols", 400],
    ["SH-16: an empty subprotocol", { "Sec-WebSocket-Protocol": "a,,b" }, "subprotocols", 400],
    ["SH-16: a subprotocol that is no token", { "Sec-WebSocket-Protocol": "a b" }, "subprotocols", 400],
    ["SH-16: a quoted subprotocol", { "Sec-WebSocket-Protocol": '"x"' }, "subprotocols", 400],
    ["SH-16: a subprotocol beyond ASCII", { "Sec-WebSocket-Protocol": "\u00fc" }, "subprotocols", 400],
    ["SH-26: malformed extensions", { "Sec-WebSocket-Extensions": "a;b=c d" }, "extensions", 400],
    ["SH-30: Content-Length: 26", { "Content-Length": "26" }, "request-body", 400],
    ["SH-30: Content-Length: 1", { "Content-Length": "1" }, "request-body", 400],
    ["SH-31: Transfer-Encoding: chunked", { "Transfer-Encoding": "chunked" }, "request-body", 400],
    [
      "Transfer-Encoding beside Content-Length: 0",
      { "Content-Length": "0", "Transfer-Encoding": "x" },
      "request-body",
      400,
    ],
    ["two Content-Lengths", { "Content-Length": ["0", "0"] }, "content-length", 400],
    ["Content-Length: 0, 0", { "Content-Length": "0, 0" }, "content-length", 400],
    ["Content-Length: +0", { "Content-Length": "+0" }, "content-length", 400],
    ["an empty Content-Length", { "Content-Length": "" }, "content-length", 400],
  ])("refuses %s", (_title, fields, code, status, line) => {
    expect(examine(fields, line)).toMatchObject({ kind: "refused", error: { code, status } });
  });

  it("names in a refusal what the client should have sent (RFC 6455 section 4.4, RFC 9110 sections 15.5.6 and 15.5.22)", () => {
    const headersOf = (fields: Fields, line?: string) => {
      const verdict = examine(fields, line);
      return verdict.kind === "refused" ? verdict.error.headers : undefined;
    };
    expect(headersOf({ "Sec-WebSocket-Version": "8" })).toEqual({
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
    });
    expect(headersOf({ Upgrade: undefined })).toEqual({ Upgrade: "websocket", "Sec-WebSocket-Version": "13" });
    expect(headersOf({}, "PUT / HTTP/1.1")).toEqual({ Allow: "GET" });
    expect(headersOf({ "Sec-WebSocket-Key": undefined })).toEqual({});
  });

  it("says in its error what the client has sent in the place of what is asked for", () => {
    const messageOf = (fields: Fields, line?: string) => {
      const verdict = examine(fields, line);
      return verdict.kind === "refused" ? verdict.error.message : undefined;
    };
    expect(messageOf({}, "GET / HTTP/1.0")).toMatch(/: 1\.0 \(/);
    expect(messageOf({}, "PUT / HTTP/1.1")).toMatch(/: PUT \(/);
    expect(messageOf({ "Sec-WebSocket-Version": "8" })).toMatch(/: 8 \(/);
  });

  it.each<[string, Fields, boolean, string?]>([
    ["a plain GET", { Upgrade: undefined, Connection: undefined }, false],
    ["a plain POST with a body", { Upgrade: undefined, "Content-Length": "5" }, true, "POST / HTTP/1.1"],
    ["SH-37: Upgrade: h2c", { Upgrade: "h2c", "HTTP2-Settings": "AAMAAABkAAQAAP__" }, false],
    ["SH-37: Upgrade: TLS/1.0", { Upgrade: "TLS/1.0" }, false],
    ["HTTP/1.0 with no Host", { Upgrade: undefined, Host: undefined }, false, "GET / HTTP/1.0"],
    ["OPTIONS *", { Upgrade: undefined }, false, "OPTIONS * HTTP/1.1"],
    ["chunks", { Upgrade: undefined, "Transfer-Encoding": "chunked" }, true, "POST / HTTP/1.1"],
  ])("leaves %s to HTTP", (_title, fields, hasBody, line) => {
    const plain = { "Sec-WebSocket-Key": undefined, "Sec-WebSocket-Version": undefined, ...fields };
    expect(examine(plain, line)).toMatchObject({ kind: "http", hasBody });
  });

  it("demands one valid Host and one Content-Length of plain HTTP, too (RFC 9112 sections 3.2 and 6.3)", () => {
    const plain = { Upgrade: undefined, "Sec-WebSocket-Key": undefined, "Sec-WebSocket-Version": undefined };
    expect(examine({ ...plain, Host: undefined })).toMatchObject({ error: { code: "host" } });
    expect(examine({ ...plain, Host: ["a", "b"] })).toMatchObject({ error: { code: "host" } });
    expect(examine({ ...plain, Host: ["a", "b"] }, "GET / HTTP/1.0")).toMatchObject({ error: { code: "host" } });
    expect(examine({ ...plain, "Content-Length": "x" })).toMatchObject({ error: { code: "content-length" } });
  });

  it("SH-33: gives the Origin as received, whatever it is, and two lines as one value that is no origin", () => {
    for (const origin of ["null", "http://[", "https://example.com.evil", "https://EXAMPLE.com", ""]) {
      expect(upgrade({ Origin: origin }).origin).toBe(origin);
    }
    expect(upgrade({ Origin: ["http://a", "http://b"] }).origin).toBe("http://a, http://b");
  });

  it("only declared errors, and the same verdict in any split (property)", () => {
    const odd = fc.constantFrom(
      undefined,
      "",
      "websocket",
      "Upgrade",
      "13",
      "8",
      KEY,
      "a, a",
      "x;y=1",
      "0",
      "5",
      "\u00ff",
      ",,",
    );
    const name = fc.constantFrom(
      ...Object.keys(VALID),
      "Content-Length",
      "Transfer-Encoding",
      "Sec-WebSocket-Protocol",
      "Sec-WebSocket-Extensions",
    );
    const line = fc.constantFrom("GET / HTTP/1.1", "GET / HTTP/1.0", "POST / HTTP/1.1", "GET http://h/p HTTP/1.1");
    fc.assert(
      fc.property(
        fc.dictionary(name, fc.oneof(odd, fc.array(fc.constantFrom("a", "13", KEY), { maxLength: 2 }))),
        line,
        (fields, first) => {
          const verdict = examine(fields, first);
          if (verdict.kind === "refused") expect(verdict.error).toBeInstanceOf(HandshakeError);
          if (verdict.kind === "upgrade") expect(encodeAccept(verdict.request).length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("encodeAccept", () => {
  const request = upgrade({ "Sec-WebSocket-Protocol": "a, b" });

  it("SH-12, SH-18: gives the response of RFC 6455 section 1.3, byte for byte, with no more than was asked", () => {
    expect(text(encodeAccept(upgrade()))).toBe(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${ACCEPT}\r\n\r\n`,
    );
    expect(text(encodeAccept(request))).not.toMatch(/protocol:|extensions:|content-length/i);
  });

  it("writes subprotocol, extensions and added fields in this order", () => {
    const bytes = encodeAccept(request, {
      subprotocol: "b",
      extensions: [
        {
          name: "x",
          params: [
            ["y", "1"],
            ["z", true],
          ],
        },
      ],
      headers: { "Set-Cookie": ["a=1", "b=\u00e9"] },
    });
    expect(text(bytes).split("\r\n").slice(4)).toEqual([
      "Sec-WebSocket-Protocol: b",
      "Sec-WebSocket-Extensions: x; y=1; z",
      "Set-Cookie: a=1",
      "Set-Cookie: b=\u00e9",
      "",
      "",
    ]);
  });

  it("SH-17: throws for a subprotocol that was not offered", () => {
    for (const subprotocol of ["c", "A", "", "a, b", "a\r\nx: y"]) {
      expect(() => encodeAccept(request, { subprotocol })).toThrow(
        expect.objectContaining({ name: "UsageError", code: "subprotocol-not-offered" }),
      );
    }
  });

  it.each<[string, HeaderInit, string]>([
    ["CR LF", { a: "b\r\nc" }, "header-value"],
    ["NUL", { a: "\0" }, "header-value"],
    ["7F", { a: "\x7f" }, "header-value"],
    ["a name with LF", { "a\n": "b" }, "header-name"],
    ...[
      "Upgrade",
      "connection",
      "Sec-WebSocket-Accept",
      "sec-websocket-protocol",
      "Sec-WebSocket-Extensions",
      "Content-Length",
      "transfer-encoding",
    ].map((name): [string, HeaderInit, string] => [name, { [name]: "x" }, "header-reserved"]),
  ])("SH-27: throws for %s in an added header", (_title, headers, code) => {
    expect(() => encodeAccept(request, { headers })).toThrow(UsageError);
    expect(() => encodeAccept(request, { headers })).toThrow(expect.objectContaining({ code }));
    expect(() => encodeAccept(request, { headers: new HeaderFields({ a: "b" }) })).not.toThrow();
  });
});

describe("the request's head and what follows", () => {
  it("SH-30: a refused request leaves its body unread: it is rest, not a request", () => {
    const bytes = joined(bytesOf({ "Content-Length": "26" }), latin1("GET /admin HTTP/1.1\r\n\r\n"));
    const parsed = parse<RequestHead>(() => requestHeadParser(), bytes);
    expect(parsed.rest).toBe("GET /admin HTTP/1.1\r\n\r\n");
    expect(examineRequest(parsed.head!)).toMatchObject({ error: { code: "request-body" } });
  });
});
