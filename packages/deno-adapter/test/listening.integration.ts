/** TLS, Unix sockets, `node:http` under Deno, and what a server does with its port. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { connect as netConnect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { attach, ConnectError, connect, type ServeOptions, serve, UsageError } from "@samewire/deno";
import { testCertificate } from "../../node-builtins/test/test-certificate.ts";

const options = { timeout: 15_000 };
const host = "127.0.0.1";
const echo: ServeOptions = {
  message(socket, message) {
    socket.send(message);
  },
};

async function echoes(url: string, connectOptions: Parameters<typeof connect>[1]): Promise<void> {
  const socket = await connect(url, connectOptions);
  socket.send("over there");
  assert.equal(await socket.receive(), "over there");
  await socket.close();
}

async function refusal(attempt: Promise<unknown>): Promise<Error> {
  return attempt.then(
    () => assert.fail("it should have failed"),
    (error: Error) => error,
  );
}

describe("TLS", () => {
  test("a certificate that is trusted, and one that is not", options, async () => {
    const tls = await testCertificate();
    await using server = await serve({ ...echo, host, tls });
    assert.match(server.url, /^wss:/);
    await echoes(`wss://localhost:${server.port}`, { tls: { ca: tls.cert } });
    const error = await refusal(connect(`wss://localhost:${server.port}`));
    assert.ok(error instanceof ConnectError);
    assert.match(error.message, /certificate|UnknownIssuer/i);
  });

  test("the name is checked, and serverName says which", options, async () => {
    const tls = await testCertificate(["elsewhere.example"]);
    await using server = await serve({ ...echo, host, tls });
    const url = `wss://localhost:${server.port}`;
    assert.ok((await refusal(connect(url, { tls: { ca: tls.cert } }))) instanceof ConnectError);
    await echoes(url, { tls: { ca: tls.cert, serverName: "elsewhere.example" } });
    await echoes(url, { tls: { ca: tls.cert, native: { unsafelyDisableHostnameVerification: true } } });
  });

  test("a large message both ways", options, async () => {
    const tls = await testCertificate();
    await using server = await serve({ ...echo, host, tls, maxMessageSize: 1 << 24 });
    const socket = await connect(`wss://localhost:${server.port}`, { tls: { ca: tls.cert }, maxMessageSize: 1 << 24 });
    const message = new Uint8Array(1 << 23).fill(7);
    socket.send(message);
    assert.deepEqual(await socket.receive(), message);
    await socket.close();
  });

  test("what Deno cannot do is a misuse", options, async () => {
    const tls = await testCertificate();
    await assert.rejects(serve({ ...echo, tls: { ...tls, ca: tls.cert } }), UsageError);
    await assert.rejects(serve({ ...echo, tls: { cert: tls.cert } }), UsageError);
    await assert.rejects(serve({ ...echo, tls, path: "socket" }), UsageError);
  });
});

describe("Unix sockets", () => {
  test("a connection, and the file is gone afterwards", options, async () => {
    const folder = await mkdtemp(join(tmpdir(), "samewire-"));
    const path = join(folder, "socket");
    const server = await serve({ ...echo, path });
    assert.equal(server.url, `ws+unix:${path}`);
    await echoes("ws://localhost/chat", { path });
    await assert.rejects(serve({ ...echo, path }), { code: "EADDRINUSE" });
    await server.drain();
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
    await rm(folder, { recursive: true });
  });
});

describe("a server", () => {
  test("gives its port back", options, async () => {
    const server = await serve({ ...echo, host });
    await server.drain();
    const again = await serve({ ...echo, host, port: server.port });
    await again.close();
  });

  test("has every IPv4 address by default where there is no IPv6, and asks once otherwise", options, async () => {
    const { listen } = Deno;
    const asked: unknown[] = [];
    let failure: Error = Object.assign(new Error("Address family not supported"), { code: "EAFNOSUPPORT" });
    const withoutIpv6 = (where: Deno.TcpListenOptions): unknown => {
      asked.push(where.hostname);
      if (where.hostname?.includes(":")) throw failure;
      return listen(where);
    };
    Object.assign(Deno, { listen: withoutIpv6 });
    try {
      await assert.rejects(serve({ ...echo, host: "::" }), { code: "EAFNOSUPPORT" });
      const server = await serve(echo);
      await echoes(`ws://${host}:${server.port}`, {});
      await assert.rejects(serve({ ...echo, port: server.port }), { code: "EADDRINUSE" });
      await server.close();
      asked.length = 0;
      failure = new Deno.errors.NotCapable("Requires net access");
      await assert.rejects(serve(echo), Deno.errors.NotCapable);
      assert.deepEqual(asked, ["::"]);
    } finally {
      Object.assign(Deno, { listen });
    }
  });

  test("goes on where connections reset before they are accepted", options, async () => {
    await using server = await serve({ ...echo, host });
    const raw = Array.from({ length: 200 }, () => netConnect(server.port, host));
    await Promise.all(
      raw.map(
        (socket) =>
          new Promise<void>((resolve) => {
            socket.on("error", () => {});
            socket.on("close", () => resolve());
            socket.on("connect", () => socket.resetAndDestroy());
          }),
      ),
    );
    await echoes(server.url, {});
  });

  test("of node:http takes upgrades beside its own requests", options, async () => {
    const http = createServer((_request, response) => response.end("a page"));
    await new Promise<void>((resolve) => {
      http.listen(0, host, resolve);
    });
    const { port } = http.address() as { port: number };
    const endpoint = attach(http, { ...echo, path: "/socket" });
    await echoes(`ws://${host}:${port}/socket`, { compression: true });
    assert.equal(((await refusal(connect(`ws://${host}:${port}/other`))) as ConnectError).response?.status, 404);
    assert.equal(await (await fetch(`http://${host}:${port}/`)).text(), "a page");
    await endpoint.close();
    http.closeAllConnections();
    http.close();
  });
});

describe("connect, given up", () => {
  test("lets go of a host that answers nothing at all", options, async () => {
    // It accepts nobody: once its backlog is full, the system drops what would open a connection.
    const listening =
      "console.log(server.address().port); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)";
    const script = `const server = require("node:net").createServer().listen(
      { port: 0, host: "127.0.0.1", backlog: 1 }, () => { ${listening} })`;
    const deaf = spawn("node", ["-e", script], { stdio: ["ignore", "pipe", "ignore"] });
    const [line] = await once(deaf.stdout, "data");
    const port = Number(line);
    const waiting = Array.from({ length: 8 }, () => netConnect(port, host).on("error", () => {}));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const sockets = (): number => readdirSync("/proc/self/fd").length;
    try {
      const before = sockets();
      const error = await refusal(connect(`ws://${host}:${port}/`, { handshakeTimeout: 300 }));
      assert.ok(error instanceof ConnectError && error.code === "timeout");
      const deadline = Date.now() + 4_000;
      while (sockets() > before && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
      assert.ok(sockets() <= before, "its file descriptor is given back");
    } finally {
      for (const socket of waiting) socket.destroy();
      deaf.kill("SIGKILL");
    }
  });
});
