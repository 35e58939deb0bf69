import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  HandshakeError,
  type HeadLimits,
  requestHeadFromRaw,
  requestHeadParser,
  responseHeadParser,
} from "../../src/index.ts";
import { cuts, feed, growth, head, joined, latin1, parse, text } from "./_heads.ts";

const limits: HeadLimits = { maxHeadSize: 16_384, maxHeaders: 100 };
const request = (bytes: Uint8Array, within = limits) => parse(() => requestHeadParser(within), bytes);
const response = (bytes: Uint8Array) => parse(() => responseHeadParser(limits), bytes);

describe("HeadParser", () => {
  it("reads a request head, whole, byte by byte and in splits (RFC 9112 section 2.1)", () => {
    const bytes = head("GET /chat?room=1 HTTP/1.1", "Host: example.com", "X-Empty:", "x-tab:\t a\tb \t", "X-Empty: 2");
    const { head: parsed, rest } = request(joined(bytes, latin1("\x81\x02hi")));
    expect(parsed).toMatchObject({ method: "GET", target: "/chat?room=1", authority: undefined, version: "1.1" });
    expect([...parsed!.headers]).toEqual([
      ["host", "example.com"],
      ["x-empty", ""],
      ["x-tab", "a\tb"],
      ["x-empty", "2"],
    ]);
    expect(rest).toBe("\x81\x02hi");
  });

  it("reads a response head, with a reason, without one, and without the space before it (RFC 9112 section 4)", () => {
    expect(response(head("HTTP/1.1 101 Switching Protocols", "A: b")).head).toMatchObject({
      version: "1.1",
      status: 101,
      reason: "Switching Protocols",
    });
    expect(response(head("HTTP/1.1 200 ")).head).toMatchObject({ status: 200, reason: "" });
    expect(response(head("HTTP/1.0 404")).head).toMatchObject({ version: "1.0", status: 404, reason: "" });
    expect(response(head("HTTP/1.1 200 caf\u00e9")).head).toMatchObject({ reason: "caf\u00e9" });
  });

  it("keeps octets over 7F as one character each, also in a head longer than one piece of the decoder", () => {
    const value = "\u00ff\u0080".repeat(3_000);
    expect(request(head("GET / HTTP/1.1", `X: ${value}`)).head!.headers.get("x")).toBe(value);
  });

  it("SH-32: gives the bytes behind the head as a view of the chunk, at every offset of the cut", () => {
    const first = head("GET / HTTP/1.1", "Host: a");
    const bytes = joined(first, latin1("\x81\x82\0\0\0\0hi"));
    for (let cut = 1; cut < bytes.length; cut++) {
      const [outcome, behind] = feed(requestHeadParser(limits), [bytes.subarray(0, cut), bytes.subarray(cut)]);
      if (outcome === undefined || outcome instanceof HandshakeError) expect.fail(`cut at ${cut}`);
      expect(text(joined(outcome.rest, behind))).toBe("\x81\x82\0\0\0\0hi");
      expect(outcome.rest.buffer).toBe(bytes.buffer);
    }
  });

  it("CH-15: does not count what follows the head", () => {
    const bytes = head("GET / HTTP/1.1", "Host: a");
    const parser = requestHeadParser({ maxHeadSize: bytes.length, maxHeaders: 1 });
    const outcome = parser.receive(joined(bytes, new Uint8Array(16_777_216)));
    expect(outcome).toMatchObject({ rest: { length: 16_777_216 } });
    expect(parser.size).toBe(bytes.length);
  });

  it("ignores one empty line before a request, and only one, and none before a response (RFC 9112 section 2.2)", () => {
    const line = head("GET / HTTP/1.1", "Host: a");
    expect(request(joined(latin1("\r\n"), line)).head!.headers.get("host")).toBe("a");
    expect(request(joined(latin1("\r\n\r\n"), line)).fault).toBe("request-line");
    expect(response(joined(latin1("\r\n"), head("HTTP/1.1 200 OK"))).fault).toBe("status-line");
  });

  it.each([
    ["bare LF behind the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", "line-ending"],
    ["bare LF behind a header", "GET / HTTP/1.1\r\nHost: a\nB: c\r\n\r\n", "line-ending"],
    ["bare LF as the empty line", "GET / HTTP/1.1\r\nHost: a\r\n\n", "line-ending"],
    ["bare CR in the request line", "GET /\rx HTTP/1.1\r\n\r\n", "line-ending"],
    ["bare CR in a value", "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", "line-ending"],
    ["bare CR as the empty line", "GET / HTTP/1.1\r\n\rA", "line-ending"],
    ["obs-fold with a space", "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", "header-folded"],
    ["obs-fold with a tab", "GET / HTTP/1.1\r\nHost: a\r\n\tb\r\n\r\n", "header-folded"],
    ["blank before the first header", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", "header-folded"],
    ["space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "header-name"],
    ["tab before the colon", "GET / HTTP/1.1\r\nHost\t: a\r\n\r\n", "header-name"],
    ["no colon", "GET / HTTP/1.1\r\nHost\r\n\r\n", "header-name"],
    ["no name", "GET / HTTP/1.1\r\n: a\r\n\r\n", "header-name"],
    ["a name with a separator", "GET / HTTP/1.1\r\nHo(st: a\r\n\r\n", "header-name"],
    ["a name with an octet over 7F", "GET / HTTP/1.1\r\nH\u00f6st: a\r\n\r\n", "header-name"],
    ["NUL in a name", "GET / HTTP/1.1\r\nHo\0st: a\r\n\r\n", "header-name"],
    ["NUL in a value", "GET / HTTP/1.1\r\nHost: a\0\r\n\r\n", "header-value"],
    ["DEL in a value", "GET / HTTP/1.1\r\nHost: a\x7f\r\n\r\n", "header-value"],
    ["ESC in a value", "GET / HTTP/1.1\r\nHost: a\x1b[2J\r\n\r\n", "header-value"],
    ["NUL in the request line", "GET /\0 HTTP/1.1\r\n\r\n", "request-line"],
    ["a TLS record", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "request-line"],
    ["no spaces", "GET/HTTP/1.1\r\n", "request-line"],
    ["no version", "GET /\r\n", "request-line"],
    ["HTTP/0.9", "GET / \r\n", "request-line"],
    ["two spaces behind the method", "GET  / HTTP/1.1\r\n", "request-target"],
    ["two spaces behind the target", "GET /  HTTP/1.1\r\n", "request-target"],
    ["a space in the target", "GET /a b HTTP/1.1\r\n", "request-target"],
    ["a blank behind the version", "GET / HTTP/1.1 \r\n", "request-line"],
    ["lower-case http", "GET / http/1.1\r\n", "request-line"],
    ["a version of two digits", "GET / HTTP/1.10\r\n", "request-line"],
    ["a method that is no token", "G@T / HTTP/1.1\r\n", "request-line"],
    ["no method", " / HTTP/1.1\r\n", "request-line"],
    ["a fragment", "GET /#a HTTP/1.1\r\n", "request-target"],
    ["an octet over 7F in the target", "GET /\u00e9 HTTP/1.1\r\n", "request-target"],
    ["a target without a slash", "GET a HTTP/1.1\r\n", "request-target"],
    ["SH-42: the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "http-version"],
  ])("SH-28: refuses %s at the byte that commits it", (_title, octets, code) => {
    expect(request(latin1(octets)).fault).toBe(code);
    // All but the last line is in the bytes given: the fault needs no more than its own line.
    expect(request(latin1(`${octets}more`)).fault).toBe(code);
  });

  it.each([
    ["another protocol", "SSH-2.0-OpenSSH_9.2\r\n"],
    ["a status of two digits", "HTTP/1.1 99 a\r\n"],
    ["a status under 100", "HTTP/1.1 099 a\r\n"],
    ["a status of four digits", "HTTP/1.1 1010 a\r\n"],
    ["no status", "HTTP/1.1\r\n"],
    ["two spaces", "HTTP/1.1  200 OK\r\n"],
    ["NUL in the reason", "HTTP/1.1 101 a\0b\r\n"],
  ])("CH-17: refuses a status line with %s", (_title, octets) => {
    expect(response(latin1(octets)).fault).toBe("status-line");
  });

  it("CH-17: fails on a control character in a response's header, and takes octets over 7F", () => {
    expect(response(head("HTTP/1.1 101 a", "Sec-WebSocket-Protocol: a\0")).fault).toBe("header-value");
    expect(
      response(head("HTTP/1.1 101 a", "Sec-WebSocket-Protocol: \u00e9")).head!.headers.get("sec-websocket-protocol"),
    ).toBe("\u00e9");
  });

  it("SH-20: refuses the first header over the limit, and takes as many as the limit", () => {
    const many = (count: number) => head("GET / HTTP/1.1", ...Array.from({ length: count }, (_, n) => `a${n}: b`));
    expect([...request(many(100)).head!.headers]).toHaveLength(100);
    expect(request(many(101)).fault).toBe("too-many-headers");
    for (const count of [2_001, 10_000]) {
      const outcome = requestHeadParser({ ...limits, maxHeadSize: 1_000_000 }).receive(many(count));
      expect(outcome).toMatchObject({ code: "too-many-headers", status: 431 });
    }
    // A header is over the limit once its name begins; the end of the head is not a header.
    expect(requestHeadParser({ ...limits, maxHeaders: 1 }).receive(latin1("GET / HTTP/1.1\r\na:b\r\nc"))).toMatchObject(
      {
        code: "too-many-headers",
      },
    );
  });

  it("SH-21: takes a head of exactly the limit, refuses one byte more, and never waits for the end of an endless one", () => {
    const exact = head("GET / HTTP/1.1", `X: ${"a".repeat(1_000 - 23)}`);
    expect(exact.length).toBe(1_000);
    expect(request(exact, { ...limits, maxHeadSize: 1_000 }).head).toBeDefined();
    expect(request(exact, { ...limits, maxHeadSize: 999 }).fault).toBe("head-too-large");
    const parser = requestHeadParser(limits);
    const endless = parser.receive(joined(latin1("GET / HTTP/1.1\r\nX: "), new Uint8Array(20_971_520).fill(0x61)));
    expect(endless).toMatchObject({ code: "head-too-large", status: 431 });
    expect(parser.receive(latin1("a"))).toBeUndefined();
  });

  it("SH-20, SH-21: names the limit that a head is over", () => {
    const refusal = (within: HeadLimits) => requestHeadParser(within).receive(head("GET / HTTP/1.1", "a: b", "c: d"));
    expect(refusal({ ...limits, maxHeaders: 1 })).toMatchObject({ message: expect.stringContaining(": 1 (") });
    expect(refusal({ ...limits, maxHeadSize: 20 })).toMatchObject({ message: expect.stringContaining(": 20 bytes (") });
  });

  it("SH-21: takes time linear in a head that comes byte by byte", () => {
    const ratio = growth((size) => {
      const pieces = cuts(head("GET / HTTP/1.1", `X: ${"a".repeat(size)}`))[1]!;
      return () => feed(requestHeadParser({ maxHeadSize: 1_000_000, maxHeaders: 10 }), pieces);
    }, 4_096);
    expect(ratio).toBeLessThan(3);
  });

  it("is inert after its outcome, and keeps nothing", () => {
    for (const bytes of [latin1("G@T\r\nx"), head("GET / HTTP/1.1")]) {
      const parser = requestHeadParser(limits);
      feed(
        parser,
        [...bytes].map((octet) => Uint8Array.of(octet)),
      );
      expect(parser.receive(head("GET / HTTP/1.1", "Host: a"))).toBeUndefined();
      expect(parser.receive(new Uint8Array(1_000_000))).toBeUndefined();
    }
  });

  it("waits on an empty chunk", () => {
    const parser = requestHeadParser(limits);
    expect(parser.receive(new Uint8Array(0))).toBeUndefined();
    expect(parser.receive(latin1("GET / HT"))).toBeUndefined();
    expect(parser.receive(new Uint8Array(0))).toBeUndefined();
    expect(parser.receive(latin1("TP/1.1\r\n\r\n"))).toMatchObject({ head: { target: "/" } });
  });

  it("any bytes, any split: the same outcome, and only errors that are declared (property)", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "GET / HTTP/1.1",
        "\r\n",
        "\r",
        "\n",
        "Host",
        ":",
        " ",
        "\t",
        "a",
        "HTTP/1.1 101 x",
        "\0",
        "\r\n\r\n",
      ),
      fc.string({ maxLength: 5 }),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 14 }),
        fc.nat(),
        fc.integer({ min: 1, max: 60 }),
        (parts, seed, maxHeadSize) => {
          const bytes = latin1(parts.join(""));
          const within = { maxHeadSize, maxHeaders: (seed % 3) + 1 };
          parse(() => requestHeadParser(within), bytes);
          parse(() => responseHeadParser(within), bytes);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("reads back any head that was written (property)", () => {
    const token = fc.string({ unit: fc.constantFrom(..."abcXYZ019!#$%&'*+-.^_`|~"), minLength: 1, maxLength: 12 });
    const value = fc
      .string({
        unit: fc
          .integer({ min: 0x20, max: 0xff })
          .filter((unit) => unit !== 0x7f)
          .map((unit) => String.fromCharCode(unit)),
      })
      .map((written) => written.replace(/^[ \t]+|[ \t]+$/g, ""));
    fc.assert(
      fc.property(token, fc.array(fc.tuple(token, value), { maxLength: 8 }), fc.string(), (method, fields, behind) => {
        const rest = text(latin1(behind));
        const bytes = joined(
          head(`${method} /x HTTP/1.1`, ...fields.map(([name, written]) => `${name}: ${written}`)),
          latin1(rest),
        );
        const parsed = request(bytes, { maxHeadSize: 100_000, maxHeaders: 8 });
        expect(parsed.head!.method).toBe(method);
        expect([...parsed.head!.headers]).toEqual(fields.map(([name, written]) => [name.toLowerCase(), written]));
        expect(parsed.rest).toBe(rest);
      }),
      { numRuns: 200 },
    );
  });
});

describe("requestHeadFromRaw", () => {
  it("makes the head that the parser makes of the same lines", () => {
    const raw = ["Host", "a:80", "X-A", " b ", "x-a", "c"];
    const made = requestHeadFromRaw("GET", "/x?y", "1.1", raw);
    const read = request(head("GET /x?y HTTP/1.1", "Host: a:80", "X-A:  b ", "x-a: c")).head!;
    if (made instanceof HandshakeError) expect.fail(made.code);
    expect({ ...made, headers: [...made.headers] }).toEqual({ ...read, headers: [...read.headers] });
  });

  it.each([
    ["a name that is no token", "GET", "/", "1.1", ["a b", "c"], "header-name"],
    ["a value with LF", "GET", "/", "1.1", ["a", "b\nc"], "header-value"],
    ["a value beyond Latin-1", "GET", "/", "1.1", ["a", "\u20ac"], "header-value"],
    ["a target with a space", "GET", "/a b", "1.1", [], "request-target"],
    ["a method with a space", "GET ", "/", "1.1", [], "request-line"],
    ["HTTP/2", "GET", "/", "2.0", [], "http-version"],
  ] as const)("refuses %s, which a lenient parser may let through", (_title, method, target, version, raw, code) => {
    expect(requestHeadFromRaw(method, target, version, raw)).toMatchObject({ code });
    // A fault of the first line comes before those of the headers.
    if (raw.length === 0) expect(requestHeadFromRaw(method, target, version, ["a b", "c"])).toMatchObject({ code });
  });
});
