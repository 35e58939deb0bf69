import { createServer, get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { HandshakeError, responseHeadParser } from "@samewire/codec";
import { describe, expect, it } from "vitest";
import { encodeHttpResponse, encodeRefusal, type HttpResponse } from "../src/opening/http-response.ts";

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

describe("encodeHttpResponse", () => {
  it("writes status, reason, length and the added fields", () => {
    expect(text(encodeHttpResponse({ status: 401, headers: { "WWW-Authenticate": "Bearer" }, body: "no\u00e9" }))).toBe(
      "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 4\r\nContent-Type: text/plain; charset=utf-8\r\nWWW-Authenticate: Bearer\r\n\r\nno\u00c3\u00a9",
    );
  });

  it("leaves the type of bytes and a given type alone", () => {
    expect(text(encodeHttpResponse({ status: 200, body: Uint8Array.of(0xff, 0) }))).toBe(
      "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n\xff\0",
    );
    const page = text(encodeHttpResponse({ status: 200, headers: { "content-TYPE": "text/html" }, body: "<p>" }));
    expect(page.match(/content-type/gi)).toHaveLength(1);
  });

  it("has an empty reason for a status without one (RFC 9112 section 4)", () => {
    expect(text(encodeHttpResponse({ status: 799 }))).toMatch(/^HTTP\/1\.1 799 \r\n/);
  });

  it("tells the length and sends no body to HEAD (RFC 9110 section 9.3.2)", () => {
    const response = text(encodeHttpResponse({ status: 200, body: "hello", head: true }));
    expect(response).toMatch(/Content-Length: 5\r\n/);
    expect(response.endsWith("\r\n\r\n")).toBe(true);
  });

  it("sends 204, 205 and 304 without length and body (RFC 9110 sections 8.6 and 15.3.6)", () => {
    for (const status of [204, 205, 304]) {
      expect(text(encodeHttpResponse({ status }))).not.toMatch(/content-length/i);
      expect(() => encodeHttpResponse({ status, body: "x" })).toThrow(expect.objectContaining({ code: "body" }));
    }
  });

  it("names Upgrade in Connection where it sends Upgrade (RFC 9110 section 7.8), also from headers read once", () => {
    function* once(): Generator<[string, string]> {
      yield ["uPgrade", "websocket"];
    }
    expect(text(encodeHttpResponse({ status: 426, headers: once() }))).toBe(
      "HTTP/1.1 426 Upgrade Required\r\nConnection: close, Upgrade\r\nContent-Length: 0\r\nuPgrade: websocket\r\n\r\n",
    );
  });

  it.each<[string, HttpResponse, string]>([
    ["100", { status: 100 }, "status"],
    ["101", { status: 101 }, "status"],
    ["1000", { status: 1000 }, "status"],
    ["200.5", { status: 200.5 }, "status"],
    ["NaN", { status: Number.NaN }, "status"],
    ["a status that is no number", { status: "403" as unknown as number }, "status"],
    ["NUL in a header", { status: 403, headers: { a: "\0" } }, "header-value"],
    ["Content-Length", { status: 403, headers: { "content-length": "1" } }, "header-reserved"],
    ["Transfer-Encoding", { status: 403, headers: { "Transfer-Encoding": "chunked" } }, "header-reserved"],
    ["Connection", { status: 403, headers: { Connection: "keep-alive" } }, "header-reserved"],
  ])("SH-27: throws for %s", (_title, response, code) => {
    expect(() => encodeHttpResponse(response)).toThrow(expect.objectContaining({ name: "UsageError", code }));
    if (code === "status") expect(() => encodeHttpResponse(response)).toThrow(`not ${JSON.stringify(response.status)}`);
  });

  it("is understood by node:http", async () => {
    const bytes = encodeHttpResponse({ status: 429, headers: { "X-A": ["1", "2"] }, body: "short" });
    const server = createServer((request) => request.socket.end(bytes));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        get({ host: "127.0.0.1", port }, resolve).on("error", reject);
      });
      let body = "";
      for await (const chunk of response) body += chunk;
      expect([response.statusCode, response.statusMessage, response.headers["x-a"], body]).toEqual([
        429,
        "Too Many Requests",
        "1, 2",
        "short",
      ]);
    } finally {
      server.close();
    }
  });
});

describe("encodeRefusal", () => {
  it("has the status and headers of the error, and its message as the body", () => {
    const error = new HandshakeError("version-unsupported", "8");
    const outcome = responseHeadParser().receive(encodeRefusal(error, false));
    if (outcome === undefined || outcome instanceof HandshakeError) expect.fail();
    expect(outcome.head).toMatchObject({ status: 426, reason: "Upgrade Required" });
    expect(Object.fromEntries(outcome.head.headers)).toMatchObject({
      connection: "close, Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
    });
    expect(text(outcome.rest)).toBe(`${error.message}\n`);
  });

  it("has no body for HEAD", () => {
    const refusal = text(encodeRefusal(new HandshakeError("method", "HEAD"), true));
    expect(refusal).toMatch(
      /^HTTP\/1\.1 405 Method Not Allowed\r\n(.*\r\n)*Content-Length: [1-9].*\r\n(.*\r\n)*Allow: GET\r\n\r\n$/,
    );
  });

  it("says what a proxy wants that is not told to pass upgrades on", () => {
    for (const code of ["http-version", "upgrade"] as const) {
      expect(text(encodeRefusal(new HandshakeError(code), false))).toMatch(/\)\nIf there is a proxy .*HTTP\/1\.1\.\n$/);
    }
  });

  it("answers 400 where the rule is one of responses", () => {
    expect(text(encodeRefusal(new HandshakeError("head-incomplete"), false))).toMatch(/^HTTP\/1\.1 400 /);
  });

  it("never lets the peer's bytes into a header, and carries any detail in the body", () => {
    const error = new HandshakeError("method", "X\u00e9");
    expect(text(encodeRefusal(error, false))).toMatch(/\r\nAllow: GET\r\n\r\n.*X\u00c3\u00a9/);
  });
});
