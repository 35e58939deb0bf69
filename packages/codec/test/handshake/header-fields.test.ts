import { describe, expect, it } from "vitest";
import { encodeHead } from "../../src/handshake/encode-head.ts";
import { HeaderFields, type HeaderInit, UsageError } from "../../src/index.ts";
import { text } from "./_heads.ts";

describe("HeaderFields", () => {
  const fields = new HeaderFields([
    ["Set-Cookie", "a=1"],
    ["Host", "b"],
    ["set-cookie", "c=2"],
  ]);

  it("compares names without regard to case", () => {
    expect(fields.get("HOST")).toBe("b");
    expect(fields.has("hOsT")).toBe(true);
    expect(fields.has("origin")).toBe(false);
    expect(fields.get("origin")).toBe(null);
  });

  it("takes a name for itself alone, not for the end of another, and a header without a value for one", () => {
    const near = new HeaderFields({ "X-Origin": "a", Empty: "" });
    expect(near.get("origin")).toBe(null);
    expect(near.get("empty")).toBe("");
    expect(near.has("empty")).toBe(true);
  });

  it("joins several lines as fetch does, and gives each by getAll", () => {
    expect(fields.get("set-cookie")).toBe("a=1, c=2");
    expect(fields.getAll("Set-Cookie")).toEqual(["a=1", "c=2"]);
    expect(fields.getAll("nothing")).toEqual([]);
    expect([...fields]).toEqual([
      ["set-cookie", "a=1"],
      ["host", "b"],
      ["set-cookie", "c=2"],
    ]);
  });

  it("is made of an object, of pairs, of the platform's Headers, of itself and of nothing", () => {
    expect([...new HeaderFields({ A: "1", b: ["2", "3"] })]).toEqual([
      ["a", "1"],
      ["b", "2"],
      ["b", "3"],
    ]);
    expect(new HeaderFields(new Headers({ A: "1" })).get("a")).toBe("1");
    expect([...new HeaderFields(fields)]).toEqual([...fields]);
    expect([...new HeaderFields()]).toEqual([]);
  });

  it("SH-25: knows no header that was not received, whatever its name", () => {
    for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
      expect(fields.get(name)).toBe(null);
      expect(new HeaderFields([[name, "x"]]).get(name)).toBe("x");
    }
  });
});

describe("encodeHead", () => {
  it("keeps order and case, and writes a name once for each of its values", () => {
    const added = { "X-A": "1", "X-Empty": "", "Set-Cookie": ["a", "b"] };
    const head = encodeHead("GET / HTTP/1.1", { Own: "1", Absent: undefined, None: "" }, added, /^host$/);
    expect(text(head)).toBe(
      "GET / HTTP/1.1\r\nOwn: 1\r\nX-A: 1\r\nX-Empty: \r\nSet-Cookie: a\r\nSet-Cookie: b\r\n\r\n",
    );
  });

  it.each<[string, HeaderInit, string]>([
    ["CR LF in a value", { a: "b\r\nc: d" }, "header-value"],
    ["LF in a value", { a: "b\n" }, "header-value"],
    ["NUL in a value", { a: "\0" }, "header-value"],
    ["DEL in a value", { a: "\x7f" }, "header-value"],
    ["a value beyond Latin-1", { a: "\u0100" }, "header-value"],
    ["a value that is no string", { a: [1 as unknown as string] }, "header-value"],
    ["CR LF in a name", { "a\r\nb": "c" }, "header-name"],
    ["a space in a name", { "a b": "c" }, "header-name"],
    ["an empty name", { "": "c" }, "header-name"],
    ["a name that is no string", [[1 as unknown as string, "c"]], "header-name"],
    ["a reserved name in any case", { HoSt: "c" }, "header-reserved"],
  ])("SH-27, CH-25: throws for %s", (_title, init, code) => {
    const encode = () => encodeHead("GET / HTTP/1.1", {}, init, /^host$/);
    expect(encode).toThrow(UsageError);
    expect(encode).toThrow(expect.objectContaining({ code }));
    if (code !== "header-reserved") expect(() => new HeaderFields(init)).toThrow(expect.objectContaining({ code }));
  });

  it("does not repeat a value in its error, which may be a secret", () => {
    const init = { Authorization: "Bearer abc\n" };
    expect(() => new HeaderFields(init)).toThrow('not allowed: header-value "Authorization"');
    expect(() => encodeHead("GET / HTTP/1.1", {}, { Host: "abc" }, /^host$/)).toThrow('header-reserved "host"');
  });
});
