import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { attach, type ConnectError, connect, serve } from "@samewire/node";
import { duplexOf } from "./_duplex-of.ts";
import { onlyTheirs } from "./_only-theirs.ts";

const options = { timeout: 15_000 };

test("a duplex stream over a connection: all bytes in order, both ways, and an end in order", options, async () => {
  await using server = await serve({
    port: 0,
    host: "127.0.0.1",
    open(socket) {
      const duplex = duplexOf(socket);
      duplex.pipe(duplex);
    },
  });
  const socket = await connect(server.url);
  const duplex = duplexOf(socket);
  const sent = Buffer.alloc(3_000_000, Buffer.from(Array.from({ length: 251 }, (_, i) => i)));
  const pieces = Array.from({ length: 60 }, (_, i) => sent.subarray(i * 50_000, (i + 1) * 50_000));
  const chunks: Buffer[] = [];
  let size = 0;
  duplex.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    // Ending closes the connection, which takes nothing more.
    if (size === sent.length) duplex.end();
  });
  Readable.from(pieces).pipe(duplex, { end: false });
  await once(duplex, "end");
  assert.ok(Buffer.concat(chunks).equals(sent));
  assert.equal((await socket.closed).clean, true);
});

test("a duplex stream whose connection is lost is destroyed with its error", options, async () => {
  await using server = await serve({ port: 0, host: "127.0.0.1", maxMessageSize: 10, open: () => {} });
  const socket = await connect(server.url, { maxMessageSize: 10 });
  const duplex = duplexOf(socket);
  const [connection] = server.connections;
  connection?.send("longer than the client takes");
  await assert.rejects(buffer(duplex), { code: "message-too-large" });
});

test("a neighbour that refuses what is not its own is kept from ours", options, async () => {
  const server = createServer();
  server.on("upgrade", (_request, stream) => stream.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"));
  onlyTheirs(server, (target) => target === "/feed");
  const feed = attach(server, { path: "/feed", message: (socket, message) => void socket.send(message) });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const base = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const socket = await connect(`${base}/feed`);
  socket.send("hello");
  assert.equal(await socket.receive(), "hello");
  await assert.rejects(connect(`${base}/other`), (error: ConnectError) => error.response?.status === 404);
  await socket.close();
  await feed.close();
  server.close();
});
