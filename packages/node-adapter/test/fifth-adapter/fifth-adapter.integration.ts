import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, serve } from "./_duplex-adapter.ts";

test("the fifth adapter speaks with itself, compressed", { timeout: 15_000 }, async () => {
  const server = await serve({
    host: "127.0.0.1",
    compression: true,
    message(socket, message) {
      socket.send(message);
    },
  });
  const socket = await connect(server.url, { compression: true });
  assert.equal(socket.extensions.length, 1);
  for (const message of ["hello", new Uint8Array(300_000).fill(5), ""]) {
    socket.send(message);
    assert.deepEqual(await socket.receive(), message);
  }
  assert.equal((await socket.close(1000, "done")).clean, true);
  assert.deepEqual(await server.drain({ deadline: 1_000 }), { closed: 0, terminated: 0 });
});
