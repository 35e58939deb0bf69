import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ClientRequestOptions,
  createRequest,
  examineRequest,
  type RequestHead,
  requestHeadParser,
} from "../../src/index.ts";
import { clientExtension } from "./_extensions.ts";
import { KEY, parse, text } from "./_heads.ts";

const nonce = new Uint8Array(Buffer.from(KEY, "base64"));
const base: ClientRequestOptions = { host: "server.example.com", target: "/chat", nonce };

describe("createRequest", () => {
  it("writes the request of RFC 6455 section 1.2, byte for byte", () => {
    const { bytes, key } = createRequest({
      ...base,
      origin: "http://example.com",
      subprotocols: ["chat", "superchat"],
      extensions: [clientExtension("x"), clientExtension("y")],
      headers: { Authorization: "Basic YTpi", "X-A": ["1", "2"] },
    });
    expect(key).toBe(KEY);
    expect(text(bytes).split("\r\n")).toEqual([
      "GET /chat HTTP/1.1",
      "Host: server.example.com",
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Key: ${KEY}`,
      "Sec-WebSocket-Version: 13",
      "Origin: http://example.com",
      "Sec-WebSocket-Protocol: chat, superchat",
      "Sec-WebSocket-Extensions: x; mode, y; mode",
      "Authorization: Basic YTpi",
      "X-A: 1",
      "X-A: 2",
      "",
      "",
    ]);
  });

  it("sends nothing that was not asked for", () => {
    expect(text(createRequest(base).bytes)).not.toMatch(/origin|protocol:|extensions:/i);
    expect(text(createRequest({ ...base, headers: { origin: "http://a" } }).bytes)).toMatch(/origin: http:\/\/a/);
    const near = createRequest({ ...base, origin: "http://a", headers: { "X-Origin": "b", "Origin-X": "c" } });
    expect(text(near.bytes)).toMatch(/\r\nOrigin: http:\/\/a\r\nX-Origin: b\r\nOrigin-X: c\r\n/);
  });

  it.each<[string, Partial<ClientRequestOptions>, string]>([
    ["a nonce of 15 bytes", { nonce: new Uint8Array(15) }, "nonce"],
    ["a nonce of 17 bytes", { nonce: new Uint8Array(17) }, "nonce"],
    ["CR LF in the target", { target: "/\r\nx: y" }, "target"],
    ["a target without a slash", { target: "chat" }, "target"],
    ["a fragment", { target: "/#a" }, "target"],
    ["an empty host", { host: "" }, "host"],
    ["CR LF in the host", { host: "a\r\nb: c" }, "host"],
    ["a host with user information", { host: "u:p@a" }, "host"],
    ["CR LF in the origin", { origin: "a\r\nb" }, "origin"],
    ["a subprotocol twice", { subprotocols: ["a", "a"] }, "subprotocols"],
    ["an empty subprotocol", { subprotocols: [""] }, "subprotocols"],
    ["CR LF in a subprotocol", { subprotocols: ["a\r\nb"] }, "subprotocols"],
    ["a subprotocol with a separator", { subprotocols: ["a,b"] }, "subprotocols"],
    ["CR LF in a header", { headers: { a: "b\r\nc" } }, "header-value"],
    ["NUL in a header", { headers: { a: "\0" } }, "header-value"],
    ["a header name with a colon", { headers: { "a:": "b" } }, "header-name"],
    ...[
      "Host",
      "UPGRADE",
      "Connection",
      "Sec-WebSocket-Key",
      "sec-websocket-anything",
      "Content-Length",
      "Transfer-Encoding",
    ].map((name): [string, Partial<ClientRequestOptions>, string] => [
      `the header ${name}`,
      { headers: { [name]: "x" } },
      "header-reserved",
    ]),
    ["Origin twice", { origin: "http://a", headers: { ORIGIN: "http://b" } }, "header-reserved"],
  ])("CH-25: throws for %s", (_title, changed, code) => {
    expect(() => createRequest({ ...base, ...changed })).toThrow(expect.objectContaining({ name: "UsageError", code }));
  });

  it("is read back by the server's side as it was meant (property)", () => {
    const token = fc.string({ unit: fc.constantFrom(..."abcXYZ09.-_~!"), minLength: 1, maxLength: 10 });
    const target = fc.string({ unit: fc.constantFrom(..."abc/?=&%.{}|") }).map((path) => `/${path}`);
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        target,
        fc.uniqueArray(token, { maxLength: 4 }),
        fc.option(token, { nil: undefined }),
        (random, path, subprotocols, origin) => {
          const { bytes, key } = createRequest({ ...base, nonce: random, target: path, subprotocols, origin });
          const verdict = examineRequest(parse<RequestHead>(() => requestHeadParser(), bytes).head!);
          expect(verdict).toMatchObject({
            kind: "upgrade",
            request: { host: "server.example.com", target: path, key, subprotocols, origin: origin ?? null },
          });
        },
      ),
      { numRuns: 200 },
    );
  });
});
