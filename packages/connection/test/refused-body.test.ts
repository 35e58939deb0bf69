import { HeaderFields, type HeaderInit } from "@samewire/codec";
import { describe, expect, it } from "vitest";
import { readRefusedBody } from "../src/opening/refused-body.ts";

/** Ways to cut bytes: not at all, everywhere, and in two at each place. */
function cuts(bytes: Uint8Array): Uint8Array[][] {
  const halves = Array.from(bytes, (_, at) => [bytes.slice(0, at), bytes.slice(at)]);
  return [[bytes], Array.from(bytes, (octet) => Uint8Array.of(octet)), ...halves];
}

interface Read {
  body: string;
  complete: boolean;
  /** Whether it wanted no more before the stream's end. */
  early: boolean;
}

/** What is read of a body, the same in every split. */
function read(headers: HeaderInit, bytes: string, max = 64, status = 404): Read {
  let first: Read | undefined;
  for (const pieces of cuts(new Uint8Array(Buffer.from(bytes, "latin1")))) {
    const head = { version: "1.1", status, reason: "", headers: new HeaderFields(headers) };
    const reader = readRefusedBody(head, max);
    const early = pieces.map((piece) => reader.receive(piece)).includes(true);
    const { body, complete } = reader.end(true);
    const outcome = { body: Buffer.from(body).toString("latin1"), complete, early };
    first ??= outcome;
    expect(outcome).toEqual(first);
  }
  return first!;
}

describe("readRefusedBody", () => {
  it("reads a body of known length and no byte behind it (RFC 9112 section 6.3)", () => {
    expect(read({ "content-length": "5" }, "hello, next")).toEqual({ body: "hello", complete: true, early: true });
    expect(read({ "content-length": "5" }, "hell")).toEqual({ body: "hell", complete: false, early: false });
    expect(read({ "content-length": "0" }, "x")).toEqual({ body: "", complete: true, early: true });
  });

  it("reads to the end of the stream where no length is told", () => {
    for (const headers of [{}, { "transfer-encoding": "gzip" }, { "transfer-encoding": "chunked, gzip" }]) {
      expect(read(headers, "all of it")).toEqual({ body: "all of it", complete: true, early: false });
    }
    // A coding counts before a length.
    const both = { "transfer-encoding": "gzip", "content-length": "2" };
    expect(read(both, "all of it")).toEqual({ body: "all of it", complete: true, early: false });
    const head = { version: "1.1", status: 404, reason: "", headers: new HeaderFields({}) };
    expect(readRefusedBody(head, 64).end(false).complete).toBe(false);
  });

  it("reads nothing where the length cannot be believed, and takes one that is repeated (RFC 9112 section 6.3)", () => {
    for (const length of ["x", "-4", "+5", "", ["1", "2"], "4, 9"]) {
      expect(read({ "content-length": length }, "abcd")).toEqual({ body: "", complete: false, early: true });
    }
    for (const length of ["4, 4", ["4", "4"]]) {
      expect(read({ "content-length": length }, "abcdef")).toEqual({ body: "abcd", complete: true, early: true });
    }
  });

  it("reads chunks where that is the last coding", () => {
    const chunked = { "transfer-encoding": "gzip, chunked" };
    expect(read(chunked, "3\r\nabc\r\n0\r\n\r\n")).toEqual({ body: "abc", complete: true, early: true });
  });

  it("reads chunks, with extensions, in any case, up to the last (RFC 9112 section 7.1)", () => {
    const headers = { "transfer-encoding": "Chunked" };
    expect(read(headers, "5\r\nhello\r\n1;a=b \r\n,\r\nA\r\n0123456789\r\n0\r\ntrailer: x\r\n\r\n")).toEqual({
      body: "hello,0123456789",
      complete: true,
      early: true,
    });
    expect(read(headers, "5\r\nhel")).toEqual({ body: "hel", complete: false, early: false });
    expect(read({ ...headers, "content-length": "2" }, "3\r\nabc\r\n0\r\n")).toMatchObject({ body: "abc" });
  });

  it.each([
    ["no size", "\r\nabc", ""],
    ["a size that is no number", "x\r\nabc", ""],
    ["a negative size", "-1\r\nabc", ""],
    ["a size of 13 digits", "1000000000000\r\nabc", ""],
    ["a bare LF", "3\nabc\n0\n", ""],
    ["a chunk without its line end", "3\r\nabcd\r\n0\r\n\r\n", "abc"],
    ["an endless size line", `3;${"a".repeat(300)}`, ""],
  ])("keeps what came before a malformed chunk: %s", (_title, bytes, body) => {
    expect(read({ "transfer-encoding": "chunked" }, bytes)).toEqual({ body, complete: false, early: true });
  });

  it("CH-1: stops at the limit, however the body is framed", () => {
    const cut = { body: "0123", complete: false, early: true };
    expect(read({ "content-length": "10" }, "0123456789", 4)).toEqual(cut);
    expect(read({ "content-length": `1${"0".repeat(400)}` }, "0123456789", 4)).toEqual(cut);
    expect(read({}, "0123456789", 4)).toEqual(cut);
    expect(read({ "transfer-encoding": "chunked" }, "3\r\n012\r\n3\r\n345\r\n0\r\n\r\n", 4)).toEqual(cut);
    // At the limit it waits for no byte that it would not keep.
    expect(read({ "content-length": "10" }, "0123", 4)).toEqual(cut);
    expect(read({}, "0123", 4)).toEqual(cut);
    expect(read({ "transfer-encoding": "chunked" }, "5\r\n0123", 4)).toEqual(cut);
    expect(read({ "content-length": "4" }, "0123", 4)).toEqual({ body: "0123", complete: true, early: true });
    expect(read({ "transfer-encoding": "chunked" }, "4\r\n0123\r\n0\r\n\r\n", 4)).toEqual({ ...cut, complete: true });
  });

  it("knows that 1xx, 204 and 304 have none (RFC 9112 section 6.3)", () => {
    for (const status of [101, 204, 304]) {
      expect(read({ "content-length": "5" }, "hello", 64, status)).toEqual({ body: "", complete: true, early: true });
    }
  });
});
