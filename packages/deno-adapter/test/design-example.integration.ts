/** The example of the README and the design document, as it is written there, compiled and executed. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ConnectError, connect, refuse, serve } from "@samewire/deno";

interface User {
  readonly name: string;
}

async function authenticate(authorization: string | null): Promise<User | undefined> {
  return authorization === "Bearer secret" ? { name: "ada" } : undefined;
}

describe("the design's example", () => {
  test("runs as it is written", { timeout: 10_000 }, async () => {
    const events: string[] = [];
    const server = await serve({
      host: "127.0.0.1",
      port: 0,
      subprotocols: ["chat.v2", "chat.v1"],
      async upgrade(request) {
        const user = await authenticate(request.headers.get("authorization"));
        return user ? { context: { user } } : refuse(401, { "www-authenticate": "Bearer" });
      },
      open(socket) {
        events.push(`open ${socket.context.user.name}`);
      },
      async message(socket, message) {
        socket.send(message);
      },
      close(_socket, { code, reason, clean }) {
        events.push(`close ${code} ${reason} ${clean}`);
      },
      error(_socket, error) {
        events.push(`error ${error}`);
      },
      request(_request) {
        return { status: 200, body: "ok" };
      },
    });
    const socket = await connect(server.url, {
      headers: { authorization: "Bearer secret" },
      subprotocols: ["chat.v2"],
      signal: AbortSignal.timeout(5_000),
    });
    assert.equal(socket.subprotocol, "chat.v2");
    const received: (string | Uint8Array)[] = [];
    socket.send("hello");
    socket.send(Uint8Array.of(1, 2, 3));
    for await (const message of socket) {
      received.push(message);
      if (received.length === 2) break;
    }
    assert.deepEqual(received, ["hello", Uint8Array.of(1, 2, 3)]);
    const { code, clean } = await socket.close(1000, "done");
    assert.deepEqual({ code, clean }, { code: 1000, clean: true });

    await assert.rejects(connect(server.url), (error: unknown) => {
      assert.ok(error instanceof ConnectError);
      assert.equal(error.response?.status, 401);
      assert.equal(error.response?.headers.get("www-authenticate"), "Bearer");
      return true;
    });
    const response = await fetch(server.url.replace("ws:", "http:"));
    assert.equal(response.status, 200);
    assert.equal(await response.text(), "ok");
    await server.drain({ deadline: 1_000 });
    assert.deepEqual(events, ["open ada", "close 1000 done true"]);
  });
});
