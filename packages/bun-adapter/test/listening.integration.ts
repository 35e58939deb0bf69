import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect as connectTcp } from "node:net";
import { describe, test } from "node:test";
import { connect, serve } from "@samewire/bun";
import { certificate, eventually } from "../../node-builtins/test/_adapter-suite/adapter.ts";
import { nativeTlsTest } from "../../node-builtins/test/_native-tls.ts";

const options = { timeout: 20_000 };

describe("serve on Bun", () => {
  test("reusePort lets several servers share a port, and nothing else does", options, async () => {
    const first = await serve({ host: "127.0.0.1", reusePort: true });
    const { port } = first;
    await assert.rejects(serve({ host: "127.0.0.1", port }), { code: "EADDRINUSE" });
    const second = await serve({ host: "127.0.0.1", port, reusePort: true });
    const sockets = await Promise.all(Array.from({ length: 64 }, () => connect(first.url)));
    await eventually(() => first.connections.size + second.connections.size === 64, "all connections");
    assert.ok(first.connections.size > 0 && second.connections.size > 0, "the system spreads them");
    for (const socket of sockets) socket.terminate();
    await first.close();
    await second.close();
  });

  test("the listening of a server of node:http, for attach(), knows no reusePort", options, async () => {
    const [first, second] = [createServer(), createServer()];
    const listening = (server: Server, port: number): Promise<unknown> => {
      server.listen({ host: "127.0.0.1", port, reusePort: true });
      return Promise.race([once(server, "listening"), once(server, "error").then(([error]) => Promise.reject(error))]);
    };
    await listening(first, 0);
    await assert.rejects(listening(second, (first.address() as AddressInfo).port), { code: "EADDRINUSE" });
    first.close();
  });

  test("where the system has no IPv6, every address of the machine is every IPv4 address", options, async () => {
    const { listen } = Bun;
    const withoutIpv6 = (where: { readonly hostname?: string }): unknown => {
      // Bun says no more than this.
      if (where.hostname?.includes(":")) throw new Error(`Failed to listen at ${where.hostname}`);
      return listen(where as Parameters<typeof listen>[0]);
    };
    Object.assign(Bun, { listen: withoutIpv6 });
    try {
      await assert.rejects(serve({ host: "::" }), /Failed to listen/);
      const server = await serve({});
      const socket = await connect(`ws://127.0.0.1:${server.port}`);
      await socket.close();
      await assert.rejects(serve({ port: server.port }), { code: "EADDRINUSE" });
      await server.close();
    } finally {
      Object.assign(Bun, { listen });
    }
  });

  test("a TLS handshake that stalls ends by the deadlines of the connection", options, async () => {
    const { cert, key } = await certificate;
    // The answer to a handshake that took too long waits for TLS, in vain: the closing deadline ends it.
    const server = await serve({ host: "127.0.0.1", tls: { cert, key }, handshakeTimeout: 200, closeTimeout: 200 });
    const began = Date.now();
    for (const bytes of ["", "\x16\x03\x01"]) {
      const stalled = connectTcp(server.port, "127.0.0.1");
      stalled.on("error", () => {});
      stalled.write(bytes, "latin1");
      await new Promise((resolve) => stalled.once("close", resolve).resume());
    }
    assert.ok(Date.now() - began < 8_000);
    await server.close();
  });

  test("TLS on a Unix socket", options, async () => {
    const { cert, key } = await certificate;
    const path = `/tmp/samewire-bun-${process.pid}`;
    const server = await serve({ path, tls: { cert, key }, message: (socket, message) => void socket.send(message) });
    const socket = await connect("wss://localhost/", { path, tls: { ca: cert } });
    socket.send("both");
    assert.equal(await socket.receive(), "both");
    assert.equal(socket.peer.secure, true);
    await socket.close();
    // An address is looked for in the certificate as a name is.
    await assert.rejects(connect("wss://127.0.0.2/", { path, tls: { ca: cert } }), { code: "dial" });
    await server.close();
  });

  nativeTlsTest({ serve, connect });
});
