import { execFile } from "node:child_process";
import { type Server, serve } from "@samewire/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toolPath } from "../../../scripts/system-tools.mjs";

let server: Server<undefined>;

beforeAll(async () => {
  server = await serve({
    host: "127.0.0.1",
    open: (socket) => void socket.send("hello, curl"),
    request: ({ path }) => ({ body: `you asked for ${path}` }),
  });
});
afterAll(() => server.close());

/** What curl printed; it is ended by its own time limit where the server keeps the connection. */
function curl(...args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const all = ["--silent", "--include", "--no-buffer", "--max-time", "2", "--http1.1", ...args];
    execFile(toolPath("curl"), all, { encoding: "latin1" }, (_error, output) => resolve(output));
  });
}

describe("serve, as curl sees it", () => {
  const url = (scheme: string): string => `${scheme}://127.0.0.1:${server.port}/`;

  it("upgrades by RFC 6455 section 1.3, and sends a frame", async () => {
    const lines = [
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ];
    const output = await curl(...lines.flatMap((line) => ["--header", line]), url("http"));
    expect(output).toMatch(/^HTTP\/1\.1 101 /);
    expect(output).toMatch(/^sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r$/im);
    expect(output).toContain("\x81\x0bhello, curl");
  });

  it("answers plain HTTP on the same port", async () => {
    expect(await curl(`${url("http")}health`)).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\n\r\nyou asked for \/health$/);
    expect(await curl("--head", url("http"))).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\n\r\n$/);
    expect(await curl("--request", "DELETE", url("http"))).toMatch(/^HTTP\/1\.1 405 /);
  });

  it("tells a client of another version which one it speaks (section 4.4)", async () => {
    const lines = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 8", "Sec-WebSocket-Key: x"];
    const output = await curl(...lines.flatMap((line) => ["--header", line]), url("http"));
    expect(output).toMatch(/^HTTP\/1\.1 426 [\s\S]*sec-websocket-version: 13/i);
  });
});
