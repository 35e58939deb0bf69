import { describe, expect, it } from "vitest";
import { parseTarget, type Target } from "../src/opening/target.ts";

describe("parseTarget (RFC 6455 section 3)", () => {
  it.each<[string, Target]>([
    ["ws://example.com", { secure: false, host: "example.com", port: 80, authority: "example.com", target: "/" }],
    [
      "wss://example.com/chat?x=1&y",
      { secure: true, host: "example.com", port: 443, authority: "example.com", target: "/chat?x=1&y" },
    ],
    ["WS://EXAMPLE.com:80/", { secure: false, host: "example.com", port: 80, authority: "example.com", target: "/" }],
    ["wss://x:80/", { secure: true, host: "x", port: 80, authority: "x:80", target: "/" }],
    // Some runtimes' parsers encode it and some do not (URL Standard, path percent-encode set).
    ["ws://x/a^b^?c^", { secure: false, host: "x", port: 80, authority: "x", target: "/a%5Eb%5E?c^" }],
    ["ws://[::1]:9001/?", { secure: false, host: "::1", port: 9001, authority: "[::1]:9001", target: "/" }],
  ])("takes %s apart", (url, target) => {
    expect(parseTarget(url)).toEqual(target);
    expect(parseTarget(new URL(url))).toEqual(target);
  });

  it.each([
    ["http://x/", "begins with ws: or wss:, not http: (RFC 6455 3)"],
    ["ws://x/#", "no fragment (RFC 6455 3)"],
    ["ws://x/#a", "no fragment (RFC 6455 3)"],
    ["ws://u@x/", "no user information"],
    ["ws://:p@x/", "no user information"],
    ["ws://x/\x7f", "no control characters (RFC 3986 2)"],
    ["not a url", 'not a URL: "not a url"'],
  ])("CH-25: says of %j what is wrong", (url, message) => {
    expect(() => parseTarget(url)).toThrow(message);
  });

  it("does not repeat all of what is no URL", () => {
    expect(() => parseTarget("x".repeat(100_000))).toThrow(/^not a URL: "x{200}"$/);
  });
});
