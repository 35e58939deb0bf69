import { describe, expect, it } from "vitest";
import { confirmExtensions } from "../../src/handshake/negotiation.ts";
import { HandshakeError, negotiateExtension } from "../../src/index.ts";
import { clientExtension, type IdleExtension, serverExtension } from "./_extensions.ts";

describe("negotiateExtension", () => {
  const offers = [
    { name: "x", params: [["bad", true]] },
    { name: "y", params: [] },
    { name: "x", params: [["mode", "2"]] },
  ] as const;

  it("asks each extension with its own offers, in the client's order (RFC 6455 section 9.1)", () => {
    const { extension, declined } = negotiateExtension(offers, [serverExtension("x")]);
    expect(extension?.agreed).toEqual({ name: "x", params: [["mode", "2"]] });
    expect(declined).toEqual([]);
  });

  it("agrees to one at most, in the server's order, and says of every other why not", () => {
    const { extension, declined } = negotiateExtension(offers, ["z", "y", "x"].map(serverExtension));
    expect(extension?.name).toBe("y");
    expect(declined).toEqual([
      { extension: "z", reason: "not-offered" },
      { extension: "x", reason: "another-agreed" },
    ]);
  });

  it("agrees to none where none is offered", () => {
    expect(negotiateExtension([], [serverExtension("x")])).toEqual({
      extension: undefined,
      declined: [{ extension: "x", reason: "not-offered" }],
    });
  });

  it("SH-25: ignores extensions that it does not know", () => {
    const unknown = ["constructor", "__proto__", "toString"].map((name) => ({ name, params: [] }));
    expect(negotiateExtension(unknown, [serverExtension("x")]).extension).toBeUndefined();
  });
});

describe("confirmExtensions", () => {
  it("gives the extension that the server agreed to, and why the others are not in use", () => {
    const confirmed = confirmExtensions(["y; mode=1"], [clientExtension("x"), clientExtension("y")]);
    if (confirmed instanceof HandshakeError) expect.fail(confirmed.message);
    expect(confirmed.extension?.agreed).toEqual({ name: "y", params: [["mode", "1"]] });
    expect(confirmed.declined).toEqual([{ extension: "x", reason: "not-accepted" }]);
  });

  it.each<[string, string[], string]>([
    ["CH-8: one that was not offered", ["x-foo"], "extension-not-offered"],
    ["CH-8: permessage-deflate when not offered", ["permessage-deflate"], "extension-not-offered"],
    ["one in another case", ["X"], "extension-not-offered"],
    ["DF-4: one twice", ["x, x"], "extension-repeated"],
    ["two header lines (RFC 6455 section 11.3.2)", ["x", "y"], "extension-repeated"],
    ["two at once", ["x, y"], "extension-parameters"],
    ["one on terms that cannot be met", ["x; bad"], "extension-parameters"],
    ["an empty header", [""], "response-extensions"],
    ["a malformed header", ["x;"], "response-extensions"],
  ])("fails on %s", (_title, lines, code) => {
    const made: IdleExtension[] = [];
    const offered = [clientExtension("x", made), clientExtension("y", made)];
    expect(confirmExtensions(lines, offered)).toMatchObject({ code, status: undefined });
    // What was made before the fault does not live on.
    expect(made.every((extension) => extension.released === 1)).toBe(true);
  });

  it("names the extension that is at fault, the other one beside which it stands, and its reason", () => {
    const message = (line: string) => {
      const fault = confirmExtensions([line], [clientExtension("x"), clientExtension("y")]);
      return fault instanceof HandshakeError ? fault.message : undefined;
    };
    expect(message("z")).toMatch(/: z \(/);
    expect(message("x, x")).toMatch(/: x \(/);
    expect(message("x, y")).toMatch(/: y beside x \(/);
    expect(message("y; bad")).toMatch(/: y: unknown-parameter \(/);
  });
});
