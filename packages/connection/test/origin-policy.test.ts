import { HeaderFields } from "@samewire/codec";
import { describe, expect, it, vi } from "vitest";
import { refusedOrigin } from "../src/opening/origin-policy.ts";
import type { ServerPolicy } from "../src/options.ts";

type Row = readonly [origin: string | readonly string[], host: string, allowed: boolean, policy?: ServerPolicy];

const ROWS: readonly Row[] = [
  [[], "example.com", true],
  ["http://example.com", "example.com", true],
  ["https://example.com", "example.com", true],
  ["https://EXAMPLE.com", "example.com", true],
  ["https://example.com", "EXAMPLE.com", true],
  ["https://example.com", "example.com:443", true],
  ["http://example.com", "example.com:80", true],
  ["http://example.com:80", "example.com", true],
  ["http://example.com", "example.com:443", false],
  ["http://example.com:8080", "example.com:8080", true],
  ["http://example.com:8081", "example.com:8080", false],
  // A Host without a port is at the default one.
  ["http://example.com:8080", "example.com", false],
  ["HTTPS://example.com", "example.com:443", true],
  ["http://example.com", "example.com:0080", true],
  ["http://example.com", "example.com:000080", false],
  ["http://[::1]:9001", "[::1]:9001", true],
  ["http://localhost:9001", "127.0.0.1:9001", false],
  ["https://example.com.evil", "example.com", false],
  ["https://evil.example", "example.com", false],
  ["null", "example.com", false],
  ["", "example.com", false],
  ["http://[", "example.com", false],
  ["example.com", "example.com", false],
  ["http://example.com/path", "example.com", false],
  ["http://user@example.com", "example.com", false],
  [["http://example.com", "http://example.com"], "example.com", false],
  ["https://evil.example", "example.com", true, { origins: "any" }],
  ["https://a.example", "example.com", true, { origins: ["https://a.example"] }],
  ["https://a.example:443", "example.com", true, { origins: ["https://A.example"] }],
  ["http://a.example", "example.com", false, { origins: ["https://a.example"] }],
  ["http://a.example:443", "example.com", false, { origins: ["https://a.example"] }],
  ["HTTPS://a.example", "example.com", true, { origins: ["https://a.example"] }],
  ["https://a.example:8443", "example.com", false, { origins: ["https://a.example"] }],
  ["https://a.example", "example.com", false, { origins: ["https://a.example:8443"] }],
  ["https://a.example:8443", "example.com", true, { origins: ["https://b.example", "https://a.example:8443"] }],
  ["https://example.com", "example.com", false, { origins: ["https://a.example"] }],
  ["null", "example.com", false, { origins: ["null"] }],
  ["https://a.example", "example.com", true, { origins: (origin) => origin.endsWith(".example") }],
  ["https://a.test", "example.com", false, { origins: (origin) => origin.endsWith(".example") }],
  ["https://a.example", "example.com", false, { origins: (async () => true) as never }],
  ["null", "example.com", false, { origins: () => true }],
  ["http://user@a.example", "example.com", false, { origins: () => true }],
  ["http://[", "example.com", false, { origins: (origin) => new URL(origin).hostname !== "" }],
  ["", "example.com", false, { origins: (origin) => new URL(origin).hostname !== "" }],
];

describe("refusedOrigin (RFC 6455 10.2)", () => {
  for (const [origin, host, allowed, policy = {}] of ROWS) {
    it(`SH-33 ${JSON.stringify(origin)} to ${host} with ${policy.origins ?? "the default"}: ${allowed}`, () => {
      const headers = new HeaderFields([origin].flat().map((value) => ["origin", value] as [string, string]));
      const refused = refusedOrigin({ headers, host }, policy);
      expect(refused === undefined).toBe(allowed);
      if (refused !== undefined) expect(refused.length).toBeLessThan(1000);
    });
  }

  it("API-10 quotes what it names: no control character, never long", () => {
    const origin = `https://a\u0001\u001b[31m${"x".repeat(5000)}`;
    const headers = { getAll: () => [origin] } as never;
    const refused = refusedOrigin({ headers, host: "host\u0007" }, {}) ?? "";
    expect(/\p{Cc}/u.test(refused)).toBe(false);
    expect(refused.length).toBeLessThan(1000);
  });

  it("names both values and the option", () => {
    const headers = new HeaderFields({ origin: "https://app.example" });
    const refused = refusedOrigin({ headers, host: "127.0.0.1:9001" }, {});
    for (const part of ["https://app.example", "127.0.0.1:9001", "origins", "trustProxy"])
      expect(refused).toContain(part);
  });

  it("takes X-Forwarded-Host, the last one, from a trusted proxy only", () => {
    const host = "127.0.0.1:9001";
    const headers = new HeaderFields({
      origin: "https://app.example",
      "x-forwarded-host": "evil.example, app.example",
    });
    expect(refusedOrigin({ headers, host }, { trustProxy: true })).toBeUndefined();
    expect(refusedOrigin({ headers, host }, {})).toBeDefined();
  });

  it("nobody must handle what a promise rejects with: it is no yes, and ends no process", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const origins = (async () => {
      throw new Error("no list");
    }) as never;
    const headers = new HeaderFields([["origin", "https://a.example"]]);
    expect(refusedOrigin({ headers, host: "example.com" }, { origins })).toContain("not allowed");
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});
