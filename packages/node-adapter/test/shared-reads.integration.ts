/** Whose reads go into the shared buffer: were a Node to keep it elsewhere, nothing else would tell. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { connect, createServer, type Server } from "node:net";
import { Duplex } from "node:stream";
import { describe, test } from "node:test";
import { connect as connectTls, createServer as createTlsServer } from "node:tls";
import { NodeSocket, type StreamSocket } from "@samewire/node-builtins";
import { testCertificate } from "../../node-builtins/test/test-certificate.ts";
import { SharedReadSocket, toSocket } from "../src/shared-reads.ts";

const options = { timeout: 20_000 };

/** What becomes of the stream that the server gives with `event`, once a client has written `bytes`. */
async function socketOf(server: Server, event: string, bytes: string, dial = connect): Promise<StreamSocket> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const given = once(server, event);
  const client = dial({ port, host: "127.0.0.1" });
  client.on("error", () => {});
  client.write(bytes);
  const stream = ((await given) as unknown[]).find((value) => value instanceof Duplex) as Duplex;
  const socket = toSocket(stream);
  stream.destroy();
  client.destroy();
  server.close();
  return socket;
}

describe("streams that read into the shared buffer", () => {
  test("those that a server of node:net accepts", options, async () => {
    assert.ok((await socketOf(createServer(), "connection", "")) instanceof SharedReadSocket);
  });

  test("those of TLS", options, async () => {
    const { cert, key } = await testCertificate();
    const dial = (to: object) => connectTls({ ...to, ca: cert, servername: "localhost" });
    const socket = await socketOf(createTlsServer({ cert, key }), "secureConnection", "", dial as never);
    assert.ok(socket instanceof SharedReadSocket);
  });

  test("those that a server of node:http upgrades", options, async () => {
    const request = "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    assert.ok((await socketOf(createHttpServer(), "upgrade", request)) instanceof SharedReadSocket);
  });

  test(
    "none that has read already, and none that is fed by JavaScript: it may be while another is read",
    options,
    async () => {
      const early = createServer((stream) => stream.once("readable", () => early.emit("early", stream)));
      assert.ok(!((await socketOf(early, "early", "bytes")) instanceof SharedReadSocket));
      const { cert, key } = await testCertificate();
      const secure = createTlsServer({ cert, key });
      const outer = createServer((stream) => {
        const pipe = new Duplex({
          read: () => {},
          write: (chunk, _encoding, done) => void stream.write(chunk, () => done()),
          final: (done) => void stream.end(() => done()),
        });
        stream.on("data", (chunk) => pipe.push(chunk)).on("error", () => {});
        secure.emit("connection", pipe);
      });
      secure.on("secureConnection", (stream) => outer.emit("secure", stream));
      const dial = (to: object) => connectTls({ ...to, ca: cert, servername: "localhost" });
      const socket = await socketOf(outer, "secure", "", dial as never);
      assert.ok(socket instanceof NodeSocket && !(socket instanceof SharedReadSocket));
    },
  );
});
