import { randomBytes } from "node:crypto";
import { constants, deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { concatBytes, hex, utf8 } from "../src/wire/bytes.ts";
import { disagreement, parseExtensions, readParameters } from "../src/wire/deflate-parameters.ts";
import { DeflateWriter } from "../src/wire/deflate-writer.ts";
import { inflateStrictly } from "../src/wire/inflate.ts";
import { MessageDeflater, MessageInflater, TAIL } from "../src/wire/message-deflate.ts";

const words = (length: number): Uint8Array =>
  utf8(Array.from({ length }, (_, index) => `word${(index * 7919) % 613} `).join("")).subarray(0, length);

describe("inflateStrictly", () => {
  it.each([
    ["nothing", new Uint8Array(0)],
    ["text", words(50_000)],
    ["noise", Uint8Array.from(randomBytes(70_000))],
    ["zeros", new Uint8Array(200_000)],
  ])("inflates what zlib makes of %s, at every level and strategy", (_, data) => {
    for (const level of [0, 1, 6, 9]) {
      for (const strategy of [constants.Z_DEFAULT_STRATEGY, constants.Z_HUFFMAN_ONLY, constants.Z_FIXED]) {
        const deflated = deflateRawSync(data, { level, strategy });
        expect(Buffer.compare(inflateStrictly(deflated, { windowBits: 15 }).output, data)).toBe(0);
      }
    }
  });

  it("refuses a distance beyond the window, which zlib lets pass within one message", () => {
    const message = new DeflateWriter().block(1).literals(words(600)).match(10, 513).end().message();
    expect(inflateStrictly(message.subarray(0, -1), { windowBits: 10 }).maxDistance).toBe(513);
    expect(() => inflateStrictly(message.subarray(0, -1), { windowBits: 9 })).toThrow("distance 513");
  });

  it.each([
    ["block type 3", new DeflateWriter().block(3).finish()],
    ["length and its complement", hex("00 05 00 05 00 48")],
    ["ends inside", new DeflateWriter().block(1).literals(words(10)).finish()],
    ["bytes of history", new DeflateWriter().block(1).match(3, 1).end().finish()],
    ["reserved length", new DeflateWriter().block(1).symbol(286).end().finish()],
  ])("refuses %s", (message, data) => {
    expect(() => inflateStrictly(data, { windowBits: 15 })).toThrow(message);
  });
});

describe("DeflateWriter", () => {
  it("writes the examples of RFC 7692 7.2.3", () => {
    const hello = utf8("Hello");
    expect(new DeflateWriter().block(1).literals(hello).end().message()).toEqual(hex("f2 48 cd c9 c9 07 00"));
    expect(new DeflateWriter().stored(hello).message()).toEqual(hex("00 05 00 fa ff 48 65 6c 6c 6f 00"));
    expect(new DeflateWriter().block(1, true).literals(hello).end().align().message()).toEqual(
      hex("f3 48 cd c9 c9 07 00 00"),
    );
  });

  it("writes every length and distance so that the inflater reads them back", () => {
    const history = Uint8Array.from(randomBytes(32_768));
    for (const length of [3, 4, 10, 11, 12, 130, 131, 257, 258]) {
      for (const distance of [258, 259, 512, 513, 1024, 4097, 24_577, 32_768]) {
        const data = new DeflateWriter().block(1).match(length, distance).end().finish();
        const { output, maxDistance } = inflateStrictly(data, { windowBits: 15, history });
        expect([output, maxDistance]).toEqual([history.slice(history.length - distance).slice(0, length), distance]);
      }
    }
  });
});

describe("MessageDeflater and MessageInflater", () => {
  it.each([8, 9, 10, 12, 15])("agree with %i window bits, with and without takeover", (windowBits) => {
    for (const takeover of [true, false]) {
      const deflater = new MessageDeflater({ windowBits, takeover });
      const inflater = new MessageInflater({ windowBits, takeover });
      for (const size of [0, 1, 5, 300, 40_000, 300, 0, 200_000, 7]) {
        expect(Buffer.compare(inflater.decode(deflater.encode(words(size))), words(size))).toBe(0);
      }
      expect(inflater.maxDistance).toBeLessThanOrEqual(1 << windowBits);
    }
  });

  it("uses the history only where takeover is agreed", () => {
    const message = Uint8Array.from(randomBytes(1000));
    const taking = new MessageDeflater({ windowBits: 15, takeover: true });
    taking.encode(message);
    const second = taking.encode(message);
    expect(second.length).toBeLessThan(100);
    expect(() => new MessageInflater({ windowBits: 15, takeover: false }).decode(second)).toThrow("history");
  });

  it("refuses a message whose tail was not left off as it has to be", () => {
    const message = new DeflateWriter().block(1).literals(utf8("Hello")).end().message();
    const inflater = new MessageInflater({ windowBits: 15, takeover: true });
    expect(inflater.decode(message)).toEqual(utf8("Hello"));
    expect(() => inflater.decode(concatBytes([message, TAIL]))).toThrow("ends inside");
  });
});

describe("deflate parameters", () => {
  const read = (value: string, where: "offer" | "answer") => {
    const [element] = parseExtensions(value);
    return element === undefined ? "none" : readParameters(element, where);
  };

  it.each(["permessage-deflate", 'permessage-deflate; server_max_window_bits="9"'])("reads %s", (value) => {
    expect(typeof read(value, "answer")).toBe("object");
  });

  it.each([
    "permessage-deflate; server_max_window_bits",
    "permessage-deflate; server_max_window_bits=08",
    "permessage-deflate; server_max_window_bits=16",
    "permessage-deflate; client_max_window_bits",
    "permessage-deflate; server_no_context_takeover=1",
    "permessage-deflate; x",
    "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
  ])("refuses the answer %s", (value) => {
    expect(typeof read(value, "answer")).toBe("string");
  });

  it.each(["a;", "a b", "a=b", 'a; b="', ",a", ""])("throws on the malformed %s", (value) => {
    expect(() => parseExtensions(value)).toThrow(SyntaxError);
  });

  it("sees where an answer disagrees with its offer", () => {
    const none = { serverNoTakeover: false, clientNoTakeover: false, serverBits: undefined, clientBits: undefined };
    expect(disagreement(none, { ...none, serverNoTakeover: true, serverBits: 10 })).toBeUndefined();
    expect(disagreement({ ...none, serverNoTakeover: true }, none)).toContain("7.1.1.1");
    expect(disagreement({ ...none, serverBits: 10 }, { ...none, serverBits: 11 })).toContain("7.1.2.1");
    expect(disagreement({ ...none, serverBits: 10 }, none)).toContain("7.1.2.1");
    expect(disagreement(none, { ...none, clientBits: 10 })).toContain("7.1.2.2");
    expect(disagreement({ ...none, clientBits: 9 }, { ...none, clientBits: 10 })).toContain("7.1.2.2");
    expect(disagreement({ ...none, clientBits: true }, { ...none, clientBits: 9 })).toBeUndefined();
  });
});
