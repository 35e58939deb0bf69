import { describe, expect, it } from "vitest";
import {
  isAuthority,
  isOriginForm,
  parseRequestLine,
  parseStatusLine,
  readRequestLine,
} from "../../src/handshake/start-line.ts";

describe("parseRequestLine", () => {
  it("splits a whole URI into its authority and its path (RFC 9112 section 3.2.2)", () => {
    const read = (target: string) => parseRequestLine(`GET ${target} HTTP/1.1`);
    expect(read("http://example.com/chat?x=http://b/")).toMatchObject({
      authority: "example.com",
      target: "/chat?x=http://b/",
    });
    expect(read("HTTPS://[::1]:8443")).toMatchObject({ authority: "[::1]:8443", target: "/" });
    expect(read("http://a?q")).toMatchObject({ authority: "a", target: "/?q" });
  });

  it.each([
    "ws://a/",
    "ftp://a/",
    "http:///",
    "http://user@a/",
    "http://a b/",
    "http://a/#f",
    "http://a/\x7f",
    "//a/ b",
  ])("refuses the target %s (RFC 6455 section 4.1 (2))", (target) => {
    expect(parseRequestLine(`GET ${target} HTTP/1.1`)).toMatchObject({ code: "request-target" });
  });

  it("takes * with OPTIONS and an authority with CONNECT, each with no other method (RFC 9112 section 3.2)", () => {
    expect(readRequestLine("OPTIONS", "*", "1.1")).toMatchObject({ target: "*" });
    expect(readRequestLine("CONNECT", "a:443", "1.1")).toMatchObject({ target: "a:443" });
    expect(readRequestLine("GET", "*", "1.1")).toMatchObject({ code: "request-target" });
    expect(readRequestLine("GET", "a:443", "1.1")).toMatchObject({ code: "request-target" });
    expect(readRequestLine("CONNECT", "a b", "1.1")).toMatchObject({ code: "request-target" });
  });

  it("takes HTTP/1.x and refuses every other major version with 505 (RFC 9112 section 2.3)", () => {
    expect(parseRequestLine("GET / HTTP/1.0")).toMatchObject({ version: "1.0" });
    expect(parseRequestLine("GET / HTTP/1.9")).toMatchObject({ version: "1.9" });
    for (const version of ["0.9", "2.0", "3.0"]) {
      expect(parseRequestLine(`GET / HTTP/${version}`)).toMatchObject({
        code: "http-version",
        status: 505,
        message: expect.stringContaining(`: ${version} (`),
      });
    }
  });
});

describe("isAuthority", () => {
  it.each([
    "a",
    "example.com",
    "example.com:80",
    "a:",
    "127.0.0.1:9001",
    "[::1]",
    "[::ffff:1.2.3.4]:80",
    "a_b-c~d",
    "%41",
  ])("takes %s", (host) => {
    expect(isAuthority(host)).toBe(true);
  });

  it.each([
    "",
    ":80",
    "a b",
    "a:b",
    "a:80:90",
    "user@a",
    "a/b",
    "[::1",
    "::1",
    "[]",
    "[x]",
    "a,b c",
    "a?b",
    "a#b",
    "\u00e9",
  ])("refuses %j", (host) => {
    expect(isAuthority(host)).toBe(false);
  });
});

describe("isOriginForm", () => {
  it("takes a path with any visible ASCII but #, since browsers leave much of it unescaped", () => {
    expect(isOriginForm("/a|b{c}^d?e=`f`")).toBe(true);
    for (const target of ["", "a", "/a#b", "/a b", "/\t", "/\u00e9", "/\r\n"]) expect(isOriginForm(target)).toBe(false);
  });
});

describe("parseStatusLine", () => {
  it.each(["HTTP/2.0 101 Switching Protocols", "HTTP/3.1 101", "HTTP/0.9 200 OK"])(
    "refuses %s: only HTTP/1 has a status line (RFC 9112 section 4)",
    (line) => {
      expect(parseStatusLine(line)).toMatchObject({ code: "status-line" });
    },
  );
});
