import { describe, expect, it } from "vitest";
import { checkListen } from "../src/check-listen.ts";
import { serverUrl } from "../src/server-url.ts";

describe("serverUrl", () => {
  it.each([
    [{}, "ws://localhost:80"],
    [{ host: "::" }, "ws://localhost:80"],
    [{ host: "0.0.0.0" }, "ws://localhost:80"],
    [{ host: "::1" }, "ws://[::1]:80"],
    [{ host: "127.0.0.1", tls: {} }, "wss://127.0.0.1:80"],
    [{ path: "/tmp/s", tls: {} }, "ws+unix:/tmp/s"],
  ])("of %o is one to connect to", (where, url) => {
    expect(serverUrl(where, 80)).toBe(url);
  });
});

describe("checkListen", () => {
  it.each([{}, { port: 0 }, { port: 65_535 }, { path: "p".repeat(107) }])("takes %o", (where) => {
    expect(() => checkListen(where)).not.toThrow();
  });

  it.each([{ port: 0.5 }, { path: "p".repeat(108) }])("does not take %o", (where) => {
    expect(() => checkListen(where)).toThrow(expect.objectContaining({ name: "UsageError" }));
  });
});
