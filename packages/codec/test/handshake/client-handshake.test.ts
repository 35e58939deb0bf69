import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ClientHandshake,
  type ClientHandshakeOptions,
  type ClientOutcome,
  createRequest,
  encodeAccept,
  examineRequest,
  HandshakeError,
  requestHeadParser,
} from "../../src/index.ts";
import { split } from "../_replay.ts";
import { clientExtension, IdleExtension } from "./_extensions.ts";
import { ACCEPT, cuts, feed, head, joined, KEY, latin1, text } from "./_heads.ts";

const VALID: Record<string, string | string[] | undefined> = {
  Upgrade: "websocket",
  Connection: "Upgrade",
  "Sec-WebSocket-Accept": ACCEPT,
};

function response(
  fields: Record<string, string | string[] | undefined> = {},
  line = "HTTP/1.1 101 Switching Protocols",
): Uint8Array {
  const lines = Object.entries({ ...VALID, ...fields }).flatMap(([name, value]) =>
    (value === undefined ? [] : [value].flat()).map((one) => `${name}: ${one}`),
  );
  return head(line, ...lines);
}

/** The outcome in a form that can be compared; the end of the stream comes behind the bytes where it is needed. */
function outcomeOf(bytes: Uint8Array, options: Partial<ClientHandshakeOptions> = {}): Record<string, unknown> {
  let first: Record<string, unknown> | undefined;
  for (const pieces of cuts(bytes)) {
    const handshake = new ClientHandshake({ key: KEY, ...options });
    const [early, behind] = feed(handshake, pieces);
    const plain = describeOutcome(early ?? handshake.end(), behind);
    first ??= plain;
    expect(plain).toEqual(first);
    expect(handshake.receive(latin1("HTTP/1.1 101 x\r\n\r\n"))).toBeUndefined();
    expect(handshake.end()).toBeUndefined();
  }
  return first!;
}

function describeOutcome(outcome: ClientOutcome | undefined, behind: Uint8Array): Record<string, unknown> {
  if (outcome === undefined) expect.fail("no outcome");
  if (outcome.kind === "open") {
    const { subprotocol, extension, declined, rest } = outcome;
    return { kind: "open", subprotocol, extension: extension?.agreed, declined, rest: text(joined(rest, behind)) };
  }
  const { error } = outcome;
  expect(error).toBeInstanceOf(HandshakeError);
  const seen = outcome.response;
  return {
    kind: "refused",
    code: error.code,
    section: error.section,
    message: error.message,
    response: seen && { ...seen, headers: [...seen.headers] },
    rest: seen && text(joined(outcome.rest, behind)),
  };
}

describe("ClientHandshake", () => {
  it("opens on the response of RFC 6455 section 1.3", () => {
    expect(outcomeOf(response())).toEqual({
      kind: "open",
      subprotocol: "",
      extension: undefined,
      declined: [],
      rest: "",
    });
  });

  it.each([
    ["CH-7: tokens in any case, among others", { Connection: "keep-alive, uPgRaDe", Upgrade: "WebSocket" }],
    ["Connection on two lines", { Connection: ["keep-alive", "Upgrade"] }],
    ["headers of any kind", { Server: "caf\u00e9", "Set-Cookie": ["a", "b"] }],
    [
      "CH-13: Content-Length and Transfer-Encoding, which mean nothing in a 101",
      { "Content-Length": "5", "Transfer-Encoding": "chunked" },
    ],
  ])("accepts %s", (_title, fields) => {
    expect(outcomeOf(joined(response(fields), latin1("\x81\x02hi")))).toMatchObject({
      kind: "open",
      rest: "\x81\x02hi",
    });
  });

  it("CH-14: keeps the bytes behind the head, cut at every offset", () => {
    const bytes = joined(response(), latin1("\x81\x02hi"));
    for (let cut = 0; cut <= bytes.length; cut++) {
      const [outcome, behind] = feed(new ClientHandshake({ key: KEY }), [bytes.subarray(0, cut), bytes.subarray(cut)]);
      expect(describeOutcome(outcome, behind)).toMatchObject({ kind: "open", rest: "\x81\x02hi" });
    }
  });

  it("CH-15: does not count 16 MiB of frames in the same chunk as head", () => {
    const outcome = new ClientHandshake({ key: KEY }).receive(joined(response(), new Uint8Array(16_777_216)));
    expect(outcome).toMatchObject({ kind: "open", rest: { length: 16_777_216 } });
  });

  it.each<[string, Record<string, string | string[] | undefined>, string, string?]>([
    ["HTTP/1.0", {}, "response-version", "HTTP/1.0 101 x"],
    ["CH-2: no Upgrade", { Upgrade: undefined }, "response-upgrade"],
    ["another Upgrade", { Upgrade: "h2c" }, "response-upgrade"],
    ["a list in Upgrade", { Upgrade: "websocket, h2c" }, "response-upgrade"],
    ["Upgrade twice", { Upgrade: ["websocket", "websocket"] }, "response-upgrade"],
    ["CH-3: no Connection", { Connection: undefined }, "response-connection"],
    ["CH-3: Connection: close", { Connection: "close" }, "response-connection"],
    ["CH-5: no accept", { "Sec-WebSocket-Accept": undefined }, "response-accept"],
    ["CH-5: the accept of another key", { "Sec-WebSocket-Accept": "oRjiwsm8ZS/eLqIQ6p82z1wgGHE=" }, "response-accept"],
    ["CH-5: a truncated accept", { "Sec-WebSocket-Accept": ACCEPT.slice(0, -1) }, "response-accept"],
    ["CH-5: an accept in lower case", { "Sec-WebSocket-Accept": ACCEPT.toLowerCase() }, "response-accept"],
    ["CH-5: an empty accept", { "Sec-WebSocket-Accept": "" }, "response-accept"],
    ["CH-5: two accepts", { "Sec-WebSocket-Accept": [ACCEPT, ACCEPT] }, "response-accept"],
    ["CH-5: the key itself", { "Sec-WebSocket-Accept": KEY }, "response-accept"],
    ["CH-8: an extension that was not offered", { "Sec-WebSocket-Extensions": "x-foo" }, "extension-not-offered"],
    ["CH-17: an extension beyond ASCII", { "Sec-WebSocket-Extensions": "\u0080" }, "response-extensions"],
    ["CH-9: a subprotocol that was not offered", { "Sec-WebSocket-Protocol": "c" }, "subprotocol-not-offered"],
    ["CH-9: two subprotocols in one", { "Sec-WebSocket-Protocol": "a, b" }, "subprotocol-not-offered"],
    ["CH-9: an empty subprotocol", { "Sec-WebSocket-Protocol": "" }, "subprotocol-not-offered"],
    ["CH-9: a subprotocol in another case", { "Sec-WebSocket-Protocol": "A" }, "subprotocol-not-offered"],
    ["CH-17: a subprotocol beyond ASCII", { "Sec-WebSocket-Protocol": "\u00ff" }, "subprotocol-not-offered"],
    ["CH-9: two lines of subprotocols", { "Sec-WebSocket-Protocol": ["a", "b"] }, "subprotocol-repeated"],
  ])("fails on %s", (_title, fields, code, line) => {
    const bytes = joined(response(fields, line), latin1("\x81\x02hi"));
    expect(outcomeOf(bytes, { subprotocols: ["a", "b"] })).toMatchObject({
      kind: "refused",
      code,
      response: { status: 101 },
      rest: "\x81\x02hi",
    });
  });

  it("CH-9: names the subprotocols that the server answered with", () => {
    const message = (...chosen: string[]) => outcomeOf(response({ "Sec-WebSocket-Protocol": chosen })).message;
    expect(message("c")).toMatch(/: "c" \(/);
    expect(message("a", "c")).toMatch(/: "a, c" \(/);
  });

  it("makes the checks in the order of RFC 6455 section 4.1", () => {
    const fields: Record<string, string | undefined> = {
      Upgrade: undefined,
      Connection: undefined,
      "Sec-WebSocket-Accept": undefined,
      "Sec-WebSocket-Extensions": "x",
      "Sec-WebSocket-Protocol": "c",
    };
    const codes: unknown[] = [];
    for (const [name, right] of [
      ["Upgrade", "websocket"],
      ["Connection", "upgrade"],
      ["Sec-WebSocket-Accept", ACCEPT],
      ["Sec-WebSocket-Extensions", undefined],
      ["Sec-WebSocket-Protocol", undefined],
    ] as const) {
      codes.push(outcomeOf(response(fields)).code);
      fields[name] = right;
    }
    expect(codes).toEqual([
      "response-upgrade",
      "response-connection",
      "response-accept",
      "extension-not-offered",
      "subprotocol-not-offered",
    ]);
    expect(outcomeOf(response(fields)).kind).toBe("open");
  });

  it("CH-9: fails on a subprotocol where none was offered", () => {
    expect(outcomeOf(response({ "Sec-WebSocket-Protocol": "a" }))).toMatchObject({ code: "subprotocol-not-offered" });
  });

  it("CH-10: opens without a subprotocol though some were offered, as section 4.1 allows", () => {
    expect(outcomeOf(response(), { subprotocols: ["a"] })).toMatchObject({ kind: "open", subprotocol: "" });
    const chosen = response({ "Sec-WebSocket-Protocol": "b" });
    expect(outcomeOf(chosen, { subprotocols: ["a", "b"] })).toMatchObject({ kind: "open", subprotocol: "b" });
  });

  it("confirms an extension, and says of the others why not", () => {
    const extensions = [clientExtension("x"), clientExtension("y")];
    expect(outcomeOf(response({ "Sec-WebSocket-Extensions": "y; mode=2" }), { extensions })).toMatchObject({
      kind: "open",
      extension: { name: "y", params: [["mode", "2"]] },
      declined: [{ extension: "x", reason: "not-accepted" }],
    });
    expect(outcomeOf(response({ "Sec-WebSocket-Extensions": "y; bad" }), { extensions })).toMatchObject({
      code: "extension-parameters",
      message: expect.stringContaining("unknown-parameter"),
    });
  });

  it("releases a confirmed extension when the subprotocol fails the handshake", () => {
    const made: IdleExtension[] = [];
    const handshake = new ClientHandshake({ key: KEY, extensions: [clientExtension("x", made)] });
    handshake.receive(response({ "Sec-WebSocket-Extensions": "x", "Sec-WebSocket-Protocol": "a" }));
    expect(made.map((extension) => extension.released)).toEqual([1]);
  });

  it.each([200, 204, 301, 302, 307, 308, 400, 401, 403, 404, 426, 500, 503, 999])(
    "CH-1, CH-21: fails on status %i and shows it, with its headers and the bytes behind them",
    (status) => {
      const body = status === 204 ? "" : "why not";
      const fields = ["Location: file:///etc/passwd", `Content-Length: ${body.length}`];
      const bytes = joined(head(`HTTP/1.1 ${status} Because`, ...fields), latin1(body));
      expect(outcomeOf(bytes)).toMatchObject({
        kind: "refused",
        code: "response-status",
        section: "RFC 6455 4.1 (1)",
        message: expect.stringContaining(`${status} Because`),
        response: { status, reason: "Because" },
        rest: body,
      });
    },
  );

  it("passes over interim responses (RFC 9110 section 15.2)", () => {
    const interim = joined(
      head("HTTP/1.1 100 Continue"),
      head("HTTP/1.1 103 Early Hints", "Link: </a>"),
      head("HTTP/1.1 199 x"),
    );
    expect(outcomeOf(joined(interim, response(), latin1("\x81\0")))).toMatchObject({ kind: "open", rest: "\x81\0" });
    expect(outcomeOf(joined(interim, head("HTTP/1.1 401 ", "Content-Length: 0")))).toMatchObject({
      message: expect.stringContaining(": 401 ("),
      response: { status: 401 },
    });
  });

  it("bounds interim responses by the limit of the head", () => {
    const interim = head("HTTP/1.1 102 Processing");
    const limits = { maxHeadSize: interim.length * 2 + response().length };
    expect(outcomeOf(joined(interim, interim, response()), { limits })).toMatchObject({ kind: "open" });
    expect(outcomeOf(joined(interim, interim, interim, response()), { limits })).toMatchObject({
      code: "head-too-large",
    });
    const exactly = { maxHeadSize: interim.length };
    expect(outcomeOf(joined(interim, response()), { limits: exactly })).toMatchObject({ code: "head-too-large" });
  });

  it("CH-16: refuses a head that does not end within the limits", () => {
    const endless = joined(latin1("HTTP/1.1 101 x\r\nA: "), new Uint8Array(20_000).fill(0x61));
    expect(outcomeOf(endless)).toMatchObject({ code: "head-too-large", response: undefined });
    const many = head("HTTP/1.1 101 x", ...Array.from({ length: 101 }, () => "a: b"));
    expect(outcomeOf(many)).toMatchObject({ code: "too-many-headers", response: undefined });
    const padding = 16_384 - response({ X: "" }).length;
    expect(outcomeOf(response({ X: "a".repeat(padding) }))).toMatchObject({ kind: "open" });
    expect(outcomeOf(response({ X: "a".repeat(padding + 1) }))).toMatchObject({ code: "head-too-large" });
  });

  it("CH-18: gives one refusal when the stream ends after any byte of the head", () => {
    const bytes = response();
    for (let length = 0; length < bytes.length; length++) {
      const handshake = new ClientHandshake({ key: KEY });
      expect(handshake.receive(bytes.subarray(0, length))).toBeUndefined();
      expect(handshake.end()).toMatchObject({
        kind: "refused",
        error: { code: "head-incomplete" },
        response: undefined,
      });
      expect(handshake.end()).toBeUndefined();
    }
  });

  it("only declared errors, and the same outcome in any split (property)", () => {
    const line = fc.constantFrom(
      ...[
        "HTTP/1.1 101 Switching Protocols",
        "HTTP/1.1 100 x",
        "HTTP/1.1 404",
        "Upgrade: websocket",
        "Connection: Upgrade",
      ],
      ...[
        `Sec-WebSocket-Accept: ${ACCEPT}`,
        "Sec-WebSocket-Extensions: x",
        "Content-Length: 3",
        "Transfer-Encoding: chunked",
      ],
      ...["", "2", "ab", "0", "\0"],
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 10 }), (lines) => {
        outcomeOf(latin1(lines.join("\r\n")), {
          extensions: [clientExtension("x")],
          limits: { maxHeadSize: 200 },
        });
      }),
      { numRuns: 300 },
    );
  });
});

describe("both sides joined", () => {
  it("CH-20: agree on key, subprotocol and extension, in any split of either head (property)", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.nat(), (nonce, seed) => {
        const extension = clientExtension("x");
        const { bytes, key } = createRequest({
          host: "a",
          target: "/",
          nonce,
          subprotocols: ["p", "q"],
          extensions: [extension],
        });
        const [outcome] = feed(requestHeadParser(), split(bytes, seed));
        if (outcome === undefined || outcome instanceof HandshakeError) expect.fail("no head");
        const verdict = examineRequest(outcome.head);
        if (verdict.kind !== "upgrade") expect.fail(verdict.kind);
        const agreed = new IdleExtension({ name: "x", params: [["mode", "1"]] });
        const answer = encodeAccept(verdict.request, { subprotocol: "q", extensions: [agreed.agreed] });
        const client = new ClientHandshake({ key, subprotocols: ["p", "q"], extensions: [extension] });
        const [opened] = feed(client, split(answer, seed + 1));
        expect(opened).toMatchObject({ kind: "open", subprotocol: "q", extension: { name: "x" }, declined: [] });
      }),
      { numRuns: 200 },
    );
  });
});
