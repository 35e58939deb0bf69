import assert from "node:assert/strict";
import { test } from "node:test";
import type { OpeningRequest } from "@samewire/connection";
import { type Adapter, certificate, options } from "./adapter.ts";

/** The example of the documentation in full, over TLS: compiled for each adapter, and each thing that it does looked at. */
export function exampleSuite({ serve, connect, refuse }: Adapter): void {
  const seen: unknown[] = [];
  const authenticate = async (token: string | null): Promise<string | undefined> =>
    token === "Bearer s3cr3t" ? "ada" : undefined;

  test("the example of the documentation", options, async () => {
    const { cert, key } = await certificate;
    const ca = cert;
    const server = await serve({
      port: 0,
      tls: { cert, key },
      subprotocols: ["chat.v2", "chat.v1"],
      async upgrade(request: OpeningRequest) {
        const user = await authenticate(request.headers.get("authorization"));
        return user ? { context: { user } } : refuse(401, { "www-authenticate": "Bearer" });
      },
      open(socket) {
        seen.push(["open", socket.context]);
      },
      async message(socket, message) {
        socket.send(message);
      },
      close(_socket, { code, reason, clean }) {
        seen.push(["close", code, reason, clean]);
      },
      error(_socket, error) {
        seen.push(["error", error]);
      },
      request() {
        return { status: 200, body: "ok" };
      },
    });

    const socket = await connect(`${server.url}/feed`, {
      headers: { authorization: "Bearer s3cr3t" },
      subprotocols: ["chat.v2"],
      signal: AbortSignal.timeout(5_000),
      tls: { ca },
    });
    assert.equal(socket.subprotocol, "chat.v2");
    assert.equal(socket.send("first"), true);
    const messages: unknown[] = [];
    for await (const message of socket) {
      messages.push(message);
      if (messages.length === 1) socket.send(Uint8Array.of(1, 2, 3));
      if (messages.length === 2) void socket.close(4000, "enough");
    }
    assert.deepEqual(messages, ["first", Uint8Array.of(1, 2, 3)]);
    assert.deepEqual(await socket.closed, {
      code: 4000,
      reason: "enough",
      clean: true,
      sent: { code: 4000, reason: "enough" },
      error: undefined,
    });
    await assert.rejects(connect(server.url, { tls: { ca } }), (error: Error & { response?: { status: number } }) => {
      assert.equal(error.response?.status, 401);
      return true;
    });
    assert.deepEqual(await server.drain({ deadline: 5_000 }), { closed: 0, terminated: 0 });
    assert.deepEqual(seen, [
      ["open", { user: "ada" }],
      ["close", 4000, "enough", true],
    ]);
  });
}
