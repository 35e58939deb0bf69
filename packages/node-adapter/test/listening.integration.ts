import assert from "node:assert/strict";
import { connect as connectTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { TLSSocket } from "node:tls";
import { connect, serve } from "@samewire/node";
import { certificate } from "../../node-builtins/test/_adapter-suite/adapter.ts";
import { nativeTlsTest } from "../../node-builtins/test/_native-tls.ts";

const options = { timeout: 20_000 };

describe("serve on Node", () => {
  test("a TLS handshake that stalls, or fails, is closed", options, async () => {
    const { cert, key } = await certificate;
    const server = await serve({ host: "127.0.0.1", tls: { cert, key }, handshakeTimeout: 200 });
    for (const bytes of ["", "\x16\x03\x01", "GET / HTTP/1.1\r\n\r\n"]) {
      const began = Date.now();
      const stalled = connectTcp(server.port, "127.0.0.1");
      stalled.on("error", () => {});
      stalled.write(bytes, "latin1");
      await new Promise((resolve) => stalled.once("close", resolve).resume());
      assert.ok(Date.now() - began < 4_000, JSON.stringify(bytes));
    }
    await server.close();
  });

  // Its handshake has no end of its own then.
  test("who leaves in the middle of a TLS handshake is let go, with the deadline off, too", options, async () => {
    const { cert, key } = await certificate;
    const server = await serve({ host: "127.0.0.1", tls: { cert, key }, handshakeTimeout: 0 });
    for (const bytes of ["", "\x16\x03\x01"]) {
      const leaving = connectTcp({ port: server.port, host: "127.0.0.1", allowHalfOpen: true });
      leaving.end(bytes, "latin1");
      const closed = new Promise((resolve) => leaving.once("end", () => resolve("closed")).resume());
      const late = new Promise((resolve) => setTimeout(resolve, 3_000, "still there").unref());
      assert.equal(await Promise.race([closed, late]), "closed", JSON.stringify(bytes));
      leaving.destroy();
    }
    await server.close();
  });

  test("TLS with a deadline that is off, or further ahead than a timer can be set", options, async (context) => {
    const { cert, key } = await certificate;
    const warned: string[] = [];
    const onWarning = ({ name }: Error): unknown => warned.push(name);
    process.on("warning", onWarning);
    const setTimeout = context.mock.method(TLSSocket.prototype, "setTimeout");
    for (const handshakeTimeout of [0, 2 ** 31, Infinity]) {
      setTimeout.mock.resetCalls();
      const server = await serve({ host: "127.0.0.1", tls: { cert, key }, handshakeTimeout });
      const socket = await connect(`wss://127.0.0.1:${server.port}`, { tls: { ca: cert } });
      await socket.close();
      await server.close();
      assert.equal(setTimeout.mock.calls[0]?.arguments[0], 2 ** 31 - 1, `${handshakeTimeout}`);
    }
    process.off("warning", onWarning);
    assert.deepEqual(warned, []);
  });

  test("TLS on a Unix socket, and a client's certificate through `native`", options, async () => {
    const { cert, key } = await certificate;
    const path = join(tmpdir(), `samewire-node-${process.pid}`);
    const native = { requestCert: true, rejectUnauthorized: true };
    const server = await serve({
      path,
      tls: { cert, key, ca: cert, native },
      message: (socket, message) => void socket.send(message),
    });
    const socket = await connect("wss://localhost/", { path, tls: { ca: cert, cert, key } });
    socket.send("both");
    assert.equal(await socket.receive(), "both");
    assert.equal(socket.peer.secure, true);
    await socket.close();
    await assert.rejects(connect("wss://localhost/", { path, tls: { ca: cert } }), { name: "ConnectError" });
    // An address is looked for in the certificate as a name is.
    await assert.rejects(connect("wss://127.0.0.2/", { path, tls: { ca: cert, cert, key } }), { code: "dial" });
    await server.close();
  });

  test("an address as `serverName` is checked, and not sent in SNI (RFC 6066 3)", options, async () => {
    const { cert, key } = await certificate;
    const asked: unknown[] = [];
    const SNICallback = (name: string, done: (error: null) => void): void => {
      asked.push(name);
      done(null);
    };
    const server = await serve({ host: "127.0.0.1", tls: { cert, key, native: { SNICallback } } });
    const url = `wss://localhost:${server.port}`;
    const socket = await connect(url, { tls: { ca: cert, serverName: "127.0.0.1" } });
    await socket.close();
    await assert.rejects(connect(url, { tls: { ca: cert, serverName: "127.0.0.2" } }), { code: "dial" });
    assert.deepEqual(asked, []);
    await server.close();
  });

  nativeTlsTest({ serve, connect });
});
