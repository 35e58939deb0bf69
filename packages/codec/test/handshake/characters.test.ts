import { describe, expect, it } from "vitest";
import { isFieldValue, isToken, trimBlanks } from "../../src/handshake/characters.ts";

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]$/;

describe("isToken", () => {
  it("takes exactly the characters of RFC 9110 section 5.6.2", () => {
    for (let unit = 0; unit < 0x300; unit++) {
      const character = String.fromCharCode(unit);
      expect(isToken(`a${character}`), `U+${unit.toString(16)}`).toBe(TOKEN.test(character));
    }
    expect(isToken("")).toBe(false);
  });
});

describe("isFieldValue", () => {
  it("takes exactly the octets of RFC 9110 section 5.5", () => {
    for (let unit = 0; unit < 0x300; unit++) {
      const legal = unit === 9 || (unit >= 0x20 && unit <= 0xff && unit !== 0x7f);
      expect(isFieldValue(`a${String.fromCharCode(unit)}`), `U+${unit.toString(16)}`).toBe(legal);
    }
    expect(isFieldValue("")).toBe(true);
  });
});

describe("trimBlanks", () => {
  it("takes away spaces and tabs, and no other white space", () => {
    expect(trimBlanks(" \ta \t")).toBe("a");
    expect(trimBlanks("\u00a0a\u00a0")).toBe("\u00a0a\u00a0");
    expect(trimBlanks("   ")).toBe("");
  });
});
