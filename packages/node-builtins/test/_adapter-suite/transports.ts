import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectTcp, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { connect as connectTls } from "node:tls";
import { inspect } from "node:util";
import { upgradeRequest } from "../_raw-client.ts";
import { testCertificate } from "../test-certificate.ts";
import { type Adapter, certificate, eventually, options, serving, sleep } from "./adapter.ts";

/** TCP, TLS and Unix sockets, sizes, and giving up. */
export function transportsSuite(adapter: Adapter): void {
  const { connect } = adapter;
  const echo = {
    message: (socket: { send(message: never): unknown }, message: unknown) => void socket.send(message as never),
  };
  const roomy = { maxMessageSize: 1 << 24, maxBufferedAmount: 1 << 26 };

  test("messages of every size come back, over TCP and TLS", options, async () => {
    const { cert, key } = await certificate;
    for (const tls of [undefined, { cert, key }]) {
      await serving(adapter, { ...echo, ...roomy, ...(tls && { tls }) }, async ({ url }) => {
        const socket = await connect(url, { ...roomy, tls: { ca: cert } });
        for (const size of [0, 1, 125, 126, 65_535, 65_536, 1 << 20, 1 << 24]) {
          const text = "é".repeat(size / 2);
          socket.send(text);
          assert.equal(await socket.receive(), text, `text of ${size}`);
          const bytes = new Uint8Array(size).fill(size % 251);
          socket.send(bytes);
          const received = (await socket.receive()) as Uint8Array;
          assert.equal(Object.getPrototypeOf(received), Uint8Array.prototype, "no Buffer, on any runtime");
          assert.ok(Buffer.from(bytes).equals(received), `bytes of ${size}`);
        }
        assert.equal((await socket.close()).code, 1000);
      });
    }
  });

  test("who sends a message that is far too large sees why it is refused", options, async () => {
    for (const size of [2 << 20, 5 << 20, 20 << 20]) {
      await serving(adapter, echo, async ({ url }) => {
        for (let count = 0; count < 5; count++) {
          const socket = await connect(url, { maxBufferedAmount: 1 << 26 });
          socket.send(new Uint8Array(size));
          assert.equal((await socket.closed).code, 1009, `${size} bytes`);
        }
      });
    }
  });

  test("a peer that is silent is given up, over TCP and TLS, also while it is sent to", options, async () => {
    const { cert, key } = await certificate;
    const keepalive = { pingInterval: 200, pongTimeout: 200 };
    for (const tls of [undefined, { cert, key }]) {
      let error: Error | undefined;
      const handlers = {
        open: (socket: { send(message: string): unknown; signal: AbortSignal }): void => {
          const ticks = setInterval(() => socket.send("tick"), 50);
          socket.signal.addEventListener("abort", () => clearInterval(ticks));
        },
        message() {},
        close: (_socket: unknown, info: { error: Error | undefined }) => {
          ({ error } = info);
        },
      };
      await serving(adapter, { ...handlers, ...keepalive, ...(tls && { tls }) }, async ({ port }) => {
        const where = { host: "127.0.0.1", port };
        const peer = tls ? connectTls({ ...where, ca: cert, checkServerIdentity: () => undefined }) : connectTcp(where);
        peer.on("error", () => {});
        peer.write(upgradeRequest());
        try {
          await eventually(() => error !== undefined, `the end of a silent peer (${tls ? "TLS" : "TCP"})`);
        } finally {
          peer.destroy();
        }
        assert.match(String(error), /pongTimeout/);
      });
    }
  });

  test("a server that is silent is given up", options, async () => {
    const silent = createServer((peer) => {
      peer.on("error", () => {});
      peer.once("data", (head) => {
        const sent = /Sec-WebSocket-Key: (\S+)/i.exec(String(head))?.[1];
        const accept = createHash("sha1").update(`${sent}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
        const fields = `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}`;
        peer.write(`HTTP/1.1 101 Switching Protocols\r\n${fields}\r\n\r\n`);
      });
    });
    await new Promise<void>((resolve) => void silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as { port: number };
    const socket = await connect(`ws://127.0.0.1:${port}`, { pingInterval: 200, pongTimeout: 200 });
    const ticks = setInterval(() => socket.send("tick"), 50);
    const info = await Promise.race([socket.closed, sleep(5_000)]);
    clearInterval(ticks);
    socket.terminate();
    silent.close();
    assert.match(String(info?.error), /pongTimeout/);
  });

  test("a TLS server without certificate or key is refused at once", options, async () => {
    const { cert, key } = await certificate;
    for (const tls of [{}, { cert }, { key }, { cert: "", key }, { cert, key: "" }, null, 5]) {
      const serve = serving(adapter, { ...echo, tls: tls as never }, async () => {});
      await assert.rejects(serve, { name: "UsageError", code: "option" });
    }
  });

  test("a TLS record that cannot be read ends the connection, in either role", options, async () => {
    const { cert, key } = await certificate;
    // What stands between the two adds the record once both have spoken; it closes nothing by itself.
    const between = async (port: number, spoil: (client: Socket, server: Socket) => Socket) => {
      const ends = new Set<Socket>();
      const proxy = createServer((client) => {
        const server = connectTcp(port, "127.0.0.1");
        for (const end of [client, server]) ends.add(end.on("error", () => {}));
        client.pipe(server, { end: false });
        server.pipe(client, { end: false });
        setTimeout(() => spoil(client, server).write(Buffer.from([0x17, 3, 3, 0, 32, ...Array(32).fill(7)])), 200);
      });
      await new Promise<void>((resolve) => void proxy.listen(0, "127.0.0.1", resolve));
      const stop = async (): Promise<void> => {
        for (const end of ends) end.destroy();
        await new Promise((resolve) => proxy.close(resolve));
      };
      return { port: (proxy.address() as { port: number }).port, stop };
    };
    const closed: number[] = [];
    const close = (_socket: unknown, { code }: { code: number }): void => void closed.push(code);
    await serving(adapter, { ...echo, close, tls: { cert, key } }, async ({ port }) => {
      const toClient = await between(port, (client) => client);
      const socket = await connect(`wss://127.0.0.1:${toClient.port}`, { tls: { ca: cert } });
      const info = await socket.closed;
      assert.equal(info.code, 1006);
      assert.ok(info.error instanceof Error, "the client is told why");
      await toClient.stop();
      await eventually(() => closed.length === 1, "the server to notice that");
      const toServer = await between(port, (_client, server) => server);
      await connect(`wss://127.0.0.1:${toServer.port}`, { tls: { ca: cert } });
      await eventually(() => closed.length === 2, "the server to notice");
      assert.equal(closed[1], 1006);
      await toServer.stop();
    });
  });

  test("a certificate that is not trusted, or not for this name, is refused", options, async () => {
    const ours = await certificate;
    const other = await testCertificate(["other.example"]);
    await serving(adapter, { ...echo, tls: ours }, async ({ url }) => {
      await assert.rejects(connect(url), { name: "ConnectError", code: "dial" });
      await assert.rejects(connect(url, { tls: { ca: other.cert } }), { name: "ConnectError", code: "dial" });
      const misnamed = { ca: ours.cert, serverName: "other.example" };
      await assert.rejects(connect(url, { tls: misnamed }), { name: "ConnectError", code: "dial" });
    });
    await serving(adapter, { ...echo, tls: other }, async ({ url }) => {
      const socket = await connect(url, { tls: { ca: other.cert, serverName: "other.example" } });
      await socket.close();
    });
  });

  test("a name that is dialled is told to the server, an address is not (RFC 6066 section 3)", options, async () => {
    const hellos: string[] = [];
    const server = createServer((stream) => {
      stream
        .on("error", () => {})
        .once("data", (hello) => {
          hellos.push(hello.toString("latin1"));
          stream.destroy();
        });
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    for (const host of ["localhost", "127.0.0.1"]) {
      await assert.rejects(connect(`wss://${host}:${port}`), { code: "dial" });
      // Bun (1.4.5) has one option for what it tells and what it looks for in the certificate.
      const told = host === "localhost" || "bun" in process.versions;
      assert.equal(hellos.pop()?.includes(host), told, host);
    }
    await new Promise((resolve) => server.close(resolve));
  });

  test("ws: to a TLS port and wss: to a plain one fail, and harm nobody", options, async () => {
    const { cert, key } = await certificate;
    await serving(adapter, { ...echo, tls: { cert, key } }, async ({ url, port }) => {
      await assert.rejects(connect(`ws://127.0.0.1:${port}`, { handshakeTimeout: 1_000 }), { name: "ConnectError" });
      const socket = await connect(url, { tls: { ca: cert } });
      await socket.close();
    });
    await serving(adapter, echo, async ({ port }) => {
      const options = { tls: { ca: cert }, handshakeTimeout: 1_000 };
      await assert.rejects(connect(`wss://127.0.0.1:${port}`, options), { name: "ConnectError" });
    });
  });

  test("a Unix socket, and one whose server was killed", options, async () => {
    const folder = mkdtempSync(join(tmpdir(), "samewire-"));
    try {
      const path = join(folder, "s");
      for (let round = 0; round < 2; round++) {
        await serving(adapter, { ...echo, path }, async (server) => {
          assert.equal(server.port, 0);
          assert.equal(server.url, `ws+unix:${path}`);
          const socket = await connect("ws://localhost/", { path });
          socket.send("through a file");
          assert.equal(await socket.receive(), "through a file");
          await socket.close();
          await assert.rejects(adapter.serve({ ...echo, path }), "a live server keeps its socket");
        });
        // What a killed server leaves behind.
        const listen = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => console.log())`;
        const node = spawn("node", ["-e", listen], { stdio: ["ignore", "pipe", "ignore"] });
        await new Promise((resolve) => node.stdout.once("data", resolve));
        node.kill("SIGKILL");
        await new Promise((resolve) => node.once("exit", resolve));
        assert.ok(existsSync(path));
      }
      // A file that is no socket is somebody's.
      const notes = join(folder, "notes");
      writeFileSync(notes, "keep me");
      await assert.rejects(adapter.serve({ ...echo, path: notes }), { code: "EADDRINUSE" });
      assert.equal(readFileSync(notes, "utf8"), "keep me");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("connect fails with what the network said", options, async () => {
    await serving(adapter, echo, async ({ url, port }) => {
      await assert.rejects(adapter.serve({ host: "127.0.0.1", port }), Error, "the port is taken");
      await (await connect(url)).close();
    });
    await assert.rejects(connect("ws://127.0.0.1:1/"), (error: Error & { code?: string }) => {
      const { code } = error.cause as { code?: string };
      return error.name === "ConnectError" && error.code === "dial" && code === "ECONNREFUSED";
    });
    await assert.rejects(connect("ws://localhost/", { path: join(tmpdir(), "samewire-nowhere") }), { code: "dial" });
  });

  test("what is no place to listen is refused, and nothing listens", options, async () => {
    for (const where of [
      { host: null },
      { host: 5 },
      { host: "" },
      { host: "[::1]" },
      { port: null },
      { port: -1 },
      { port: 65_536 },
      { port: "80" },
      { port: 80n },
      { path: 5 },
      { path: "" },
      { path: `/tmp/${"é".repeat(60)}` },
    ]) {
      await assert.rejects(adapter.serve(where as never), { name: "UsageError", code: "option" }, inspect(where));
    }
    await assert.rejects(adapter.serve(undefined as never), { name: "UsageError" });
    await assert.rejects(connect(undefined as never), { name: "UsageError", code: "url" });
    await assert.rejects(connect("ws://localhost/", null as never), { name: "UsageError" });
  });

  test("a signal ends connecting at every step, and nothing is left", options, async () => {
    const silent = createServer((stream) => stream.on("error", () => {}));
    const open = new Set<Socket>();
    silent.on("connection", (stream) => {
      open.add(stream);
      stream.on("close", () => open.delete(stream));
      stream.resume();
    });
    await new Promise<void>((resolve) => {
      silent.listen(0, "127.0.0.1", resolve);
    });
    const { port } = silent.address() as { port: number };
    const reason = new Error("changed my mind");
    await assert.rejects(connect(`ws://127.0.0.1:${port}`, { signal: AbortSignal.abort(reason) }), { code: "aborted" });
    for (const scheme of ["ws", "wss"]) {
      for (const delay of [0, 1, 20]) {
        const controller = new AbortController();
        setTimeout(() => controller.abort(reason), delay);
        await assert.rejects(
          connect(`${scheme}://127.0.0.1:${port}`, { signal: controller.signal }),
          (error: Error & { code?: string }) => error.code === "aborted" && error.cause === reason,
        );
      }
      await assert.rejects(connect(`${scheme}://127.0.0.1:${port}`, { handshakeTimeout: 60 }), { code: "timeout" });
    }
    // Deno (2.9.6) closes nothing when it is told to in the middle of a TLS handshake: what was dialling waits for its peer.
    const [least, most] = "deno" in process.versions ? [1, 4] : [0, 0];
    const deadline = Date.now() + 3_000;
    while (open.size > least && Date.now() < deadline) await sleep(5);
    assert.ok(open.size >= least && open.size <= most, `${open.size} attempts have left their socket`);
    for (const stream of open) stream.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });

  test("a server that hangs up, before and within its answer", options, async () => {
    const response = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
    for (const answer of ["", "HTTP/1.1 10", response]) {
      for (const how of ["end", "resetAndDestroy"] as const) {
        const server = createServer((stream) => {
          stream.on("error", () => {});
          stream.once("data", () => {
            stream.write(answer);
            setTimeout(() => stream[how](), 5);
          });
        });
        await new Promise<void>((resolve) => {
          server.listen(0, "127.0.0.1", resolve);
        });
        const { port } = server.address() as { port: number };
        await assert.rejects(connect(`ws://127.0.0.1:${port}`), { name: "ConnectError" });
        await new Promise((resolve) => server.close(resolve));
      }
    }
  });

  test("both ends stream one message, piece by piece", options, async () => {
    await serving(
      adapter,
      {
        async stream(socket, incoming) {
          await socket.send(incoming);
        },
      },
      async ({ url }) => {
        const socket = await connect(url);
        const piece = new Uint8Array(100_000).fill(7);
        const sending = socket.send(
          (async function* () {
            for (let count = 0; count < 50; count++) yield piece;
          })(),
        );
        let length = 0;
        const incoming = await socket.receiveStream();
        for await (const part of incoming ?? []) length += part.length;
        await sending;
        assert.equal(length, 50 * piece.length);
        await socket.close();
      },
    );
  });
}
