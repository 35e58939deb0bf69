import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatExtensions, listHas, parseExtensions, parseSubprotocols } from "../../src/handshake/header-values.ts";
import { type ExtensionOffer, HeaderFields } from "../../src/index.ts";
import { growth } from "./_heads.ts";

/** The value of a header that has these lines. */
function joined(...lines: string[]): string | null {
  return new HeaderFields({ list: lines }).get("list");
}

describe("listHas", () => {
  it.each([["Upgrade"], ["uPgRaDe"], ["keep-alive, Upgrade"], ["keep-alive,upgrade ,x"], [" , ,,\tupgrade\t,"]])(
    "SH-7, CH-7: finds the token in %j",
    (line) => {
      expect(listHas(line, "upgrade")).toBe(true);
    },
  );

  it("finds it on any line", () => {
    expect(listHas(joined("keep-alive", "x, Upgrade"), "upgrade")).toBe(true);
    expect(listHas(joined("keep-alive", "x"), "upgrade")).toBe(false);
    expect(listHas(joined(), "upgrade")).toBe(false);
  });

  it.each(["notupgrade", "upgraded", "up grade", "upgrade/1", '"upgrade"', "", "upgrade;q=1"])(
    "SH-8: does not find the token in %j",
    (line) => {
      expect(listHas(line, "upgrade")).toBe(false);
    },
  );

  it("SH-24: takes time linear in spaces and commas", () => {
    for (const filling of [" ", ",", " ,", "\t"]) {
      const ratio = growth((size) => {
        const line = `${filling.repeat(size)}x`;
        return () => listHas(line, "upgrade");
      }, 20_000);
      expect(ratio, JSON.stringify(filling)).toBeLessThan(3);
    }
  });
});

describe("parseSubprotocols", () => {
  it("keeps order and case, over several lines (RFC 6455 section 11.3.4)", () => {
    expect(parseSubprotocols(joined("chat.v2 ,\tchat.v1", "Chat.v1"))).toEqual(["chat.v2", "chat.v1", "Chat.v1"]);
    expect(parseSubprotocols(joined())).toEqual([]);
  });

  it.each(["a, a", "a,,b", "a b", '"x"', "caf\u00e9", "", ",", "a,", ",a", "a/b", "a;b", "a=b", "a\u00a0"])(
    "SH-16: refuses %j",
    (line) => {
      expect(parseSubprotocols(line)).toBeUndefined();
    },
  );

  it("SH-16: refuses a name that two lines repeat", () => {
    expect(parseSubprotocols(joined("a", "b, a"))).toBeUndefined();
  });

  it("SH-22: takes time linear in spaces, and in names", () => {
    const spaces = growth((size) => () => parseSubprotocols(`a${" ".repeat(size)}b`), 20_000);
    expect(spaces).toBeLessThan(3);
    const names = growth((size) => {
      const line = Array.from({ length: size }, (_, n) => `p${n}`).join(",");
      return () => parseSubprotocols(line);
    }, 5_000);
    expect(names).toBeLessThan(3);
  });
});

describe("parseExtensions", () => {
  it("reads names, parameters, quoted values and several lines in order (RFC 6455 section 9.1)", () => {
    expect(
      parseExtensions(
        joined('permessage-deflate; client_max_window_bits; server_max_window_bits="1\\0", x', "y;a=b;a=c"),
      ),
    ).toEqual([
      {
        name: "permessage-deflate",
        params: [
          ["client_max_window_bits", true],
          ["server_max_window_bits", "10"],
        ],
      },
      { name: "x", params: [] },
      {
        name: "y",
        params: [
          ["a", "b"],
          ["a", "c"],
        ],
      },
    ]);
    expect(parseExtensions(joined())).toEqual([]);
  });

  it("allows blanks between all parts, and empty elements beside another, as its grammar does (RFC 2616 section 2.1)", () => {
    const expected = [
      { name: "a", params: [["b", "c"]] },
      { name: "d", params: [] },
    ];
    expect(parseExtensions(" a ;\tb = c , d ")).toEqual(expected);
    expect(parseExtensions(joined(",, a;b=c,,d,", ""))).toEqual(expected);
    expect(parseExtensions('a;b = "c",d')).toEqual(expected);
  });

  it.each([
    ";a",
    "a;;b",
    "a=",
    'a;b="x',
    "a;b=c d",
    "",
    ",",
    "a b",
    "a;",
    "a;b=",
    'a;b=""',
    'a;b="c d"',
    'a;b="c"d',
    'a;b="c\\',
    'a;b="\u00e9"',
    "a;=b",
    "a=b",
    '"a"',
    "a;b=c=d",
    "\u00e9",
    "a\u00a0",
    "a;b/c",
  ])("SH-26: refuses %j", (line) => {
    expect(parseExtensions(line)).toBeUndefined();
  });

  it("SH-25: keeps names of Object.prototype as any other name", () => {
    expect(parseExtensions("constructor, __proto__, toString; hasOwnProperty=1; __proto__")).toEqual([
      { name: "constructor", params: [] },
      { name: "__proto__", params: [] },
      {
        name: "toString",
        params: [
          ["hasOwnProperty", "1"],
          ["__proto__", true],
        ],
      },
    ]);
    expect(({} as Record<string, unknown>).hasOwnProperty).toBe(Object.prototype.hasOwnProperty);
  });

  it.each<[string, (size: number) => string]>([
    ["an unfinished quoted string of escapes", (size) => `a; b="${"\\c".repeat(size)}`],
    ["a finished one", (size) => `a; b="${"\\c".repeat(size)}"`],
    ["spaces", (size) => `a${" ".repeat(size)}b`],
    ["empty elements", (size) => `${", ".repeat(size)}a`],
    ["offers", (size) => "permessage-deflate; client_max_window_bits, ".repeat(size / 20)],
    ["parameters", (size) => `a${"; b=c".repeat(size / 10)}`],
  ])("SH-23: takes time linear in %s", (_title, line) => {
    const ratio = growth((size) => {
      const value = line(size);
      return () => parseExtensions(value);
    }, 20_000);
    expect(ratio).toBeLessThan(3);
  });
});

describe("formatExtensions", () => {
  it("writes what parseExtensions reads back (property)", () => {
    const token = fc.string({ unit: fc.constantFrom(..."abcZ09!#$%&'*+-.^_`|~"), minLength: 1, maxLength: 8 });
    const offer: fc.Arbitrary<ExtensionOffer> = fc.record({
      name: token,
      params: fc.array(fc.tuple(token, fc.oneof(token, fc.constant(true as const))), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(offer, { minLength: 1, maxLength: 4 }), (offers) => {
        expect(parseExtensions(formatExtensions(offers))).toEqual(offers);
      }),
    );
  });
});
