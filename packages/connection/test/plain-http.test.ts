import { describe, expect, it, vi } from "vitest";
import { type PlainResponse, type Refusal, refuse, UsageError } from "../src/index.ts";
import { ask, head, UPGRADE } from "./_requests.ts";

describe("plain HTTP beside WebSocket", () => {
  it("answers 500 where request returns what is no response", async () => {
    const bodies = [5, {}, null, [65, 66], Promise.resolve("x")].map((body) => ({ body }));
    const others = [new Response("x"), new Error("no"), [], { context: 1 }, { status: "200" }, { headers: null }];
    for (const result of [undefined, false, null, 0, "hi", ...others, ...bodies]) {
      for (const method of ["GET", "HEAD"]) {
        const openingError = vi.fn();
        const answer = await ask(
          { request: () => result as never, openingError },
          head(`${method} / HTTP/1.1`, { host: "x" }),
        );
        expect(answer.text).toMatch(/^HTTP\/1\.1 500 /);
        expect(openingError.mock.calls[0]?.[1]).toBeInstanceOf(UsageError);
      }
    }
  });

  it("takes a body in any form that bytes have", async () => {
    const bytes = Uint8Array.of(0, 97, 98, 0);
    for (const body of ["ab", bytes.subarray(1, 3), bytes.slice(1, 3).buffer, new DataView(bytes.buffer, 1, 2)]) {
      const get = await ask({ request: () => ({ body }) }, head("GET / HTTP/1.1", { host: "x" }));
      expect(get.text.endsWith("\r\n\r\nab")).toBe(true);
      const refused = await ask({ upgrade: () => refuse(401, {}, body) }, head("GET / HTTP/1.1", UPGRADE));
      expect(refused.text).toMatch(/\r\nContent-Length: 2\r\n(.*\r\n)*\r\nab$/);
      expect(refuse(401, {}, body).body).toEqual(body === "ab" ? body : Uint8Array.of(97, 98));
      const headed = await ask({ request: () => ({ body }) }, head("HEAD / HTTP/1.1", { host: "x" }));
      expect(headed.text).toMatch(/\r\nContent-Length: 2\r\n(.*\r\n)*\r\n$/);
    }
  });

  it("answers plain GET and HEAD, and refuses what it does not answer", async () => {
    const request = vi.fn(() => ({ headers: { "content-type": "text/plain" }, body: "fine" }));
    const get = await ask({ request }, head("GET /health HTTP/1.1", { host: "x" }));
    expect(get.text).toMatch(/^HTTP\/1\.1 200 /);
    expect(get.text.toLowerCase()).toContain("content-length: 4\r\n");
    expect(get.text.endsWith("\r\n\r\nfine")).toBe(true);
    expect(get.ended).toBe(true);
    const headed = await ask({ request }, head("HEAD /health HTTP/1.1", { host: "x" }));
    expect(headed.text.endsWith("\r\n\r\n")).toBe(true);
    expect((await ask({ request }, head("POST / HTTP/1.1", { host: "x" }))).text).toMatch(/^HTTP\/1\.1 405 /);
    // HAProxy's check.
    const options = await ask({ request }, "OPTIONS / HTTP/1.0\r\n\r\n");
    expect(options.text).toMatch(/^HTTP\/1\.1 204 No Content\r\n(.*\r\n)*Allow: GET, HEAD\r\n(.*\r\n)*\r\n$/i);
    const body = head("GET / HTTP/1.1", { host: "x", "content-length": "3" });
    expect((await ask({ request }, `${body}abc`)).text).toMatch(/^HTTP\/1\.1 413 /);
    expect((await ask({}, head("GET / HTTP/1.1", { host: "x" }))).text).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/);
  });

  it("calls its handlers as methods of the options", async () => {
    const options = {
      word: "mine",
      upgrade(): Refusal {
        return refuse(401, {}, this.word);
      },
      request(): PlainResponse {
        return { body: this.word };
      },
    };
    for (const headers of [UPGRADE, { host: "x" }]) {
      expect((await ask(options, head("GET / HTTP/1.1", headers))).text.endsWith("\r\n\r\nmine")).toBe(true);
    }
  });

  it("SH-1 sends no body with any answer to HEAD (RFC 9110 9.3.2), and tells its length", async () => {
    const refused = await ask({}, head("HEAD / HTTP/1.1", { host: "x", upgrade: "websocket" }));
    expect(refused.text).toMatch(/^HTTP\/1\.1 405 Method Not Allowed\r\n(.*\r\n)*Allow: GET\r\n\r\n$/);
    expect(refused.text).toMatch(/\r\nContent-Length: [1-9]\d*\r\n/);
    const plain = await ask({}, head("HEAD / HTTP/1.1", { host: "x" }));
    expect(plain.text).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n(.*\r\n)*\r\n$/);
    const handled = await ask({ request: () => refuse(401, {}, "who?") }, head("HEAD / HTTP/1.1", { host: "x" }));
    expect(handled.text).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n(.*\r\n)*\r\n$/);
    // What comes after the request line is at fault.
    const malformed = await ask({}, head("HEAD / HTTP/1.1", { "ho st": "x" }));
    expect(malformed.text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n(.*\r\n)*\r\n$/);
  });
});
