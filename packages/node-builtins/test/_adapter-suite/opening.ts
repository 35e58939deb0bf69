import assert from "node:assert/strict";
import { test } from "node:test";
import type { Message, WebSocketConnection } from "@samewire/connection";
import { clientFrame, RawClient, upgradeRequest } from "../_raw-client.ts";
import { type Adapter, eventually, options, serving, sleep } from "./adapter.ts";

/** Sends bytes on a connection of its own and returns the whole answer. */
async function answerTo(port: number, ...parts: readonly (string | Uint8Array)[]): Promise<string> {
  const client = await RawClient.to(port);
  client.write(...parts);
  try {
    return await client.all();
  } finally {
    client.close();
  }
}

/** Opening handshakes as real peers, and real attackers, write them. */
export function openingSuite(adapter: Adapter): void {
  const { connect, refuse } = adapter;

  test("bytes that are no request are answered 400 and closed", options, async () => {
    await serving(adapter, {}, async ({ port }) => {
      for (const bytes of [
        "hello\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00",
        "GET / HTTP/1.1\nHost: x\n\n",
        "\0\0\0\0\r\n\r\n",
        upgradeRequest("/", ["X-Bad : 1"]),
        upgradeRequest("/", ["X: a\r\n folded"]),
        upgradeRequest("/", ["Content-Length: 5"]),
      ]) {
        assert.match(await answerTo(port, bytes, "\r\n\r\n"), /^HTTP\/1\.1 400 /, JSON.stringify(bytes));
      }
    });
  });

  test("plain HTTP beside it: 426 by default, else the request handler for GET and HEAD", options, async () => {
    const get = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
    await serving(adapter, {}, async ({ port }) => {
      assert.match(await answerTo(port, get), /^HTTP\/1\.1 426 .*sec-websocket-version: 13/is);
    });
    await serving(
      adapter,
      { request: ({ path, method }) => ({ body: `${method} ${path}`, headers: { "content-type": "text/plain" } }) },
      async ({ port }) => {
        assert.match(await answerTo(port, get), /^HTTP\/1\.1 200 .*content-length: 11.*\r\n\r\nGET \/health$/is);
        const head = await answerTo(port, get.replace("GET", "HEAD"));
        assert.match(head, /^HTTP\/1\.1 200 .*content-length: 12\r\n.*\r\n\r\n$/is);
        assert.match(await answerTo(port, get.replace("GET", "POST")), /^HTTP\/1\.1 405 .*allow: GET, HEAD/is);
        const body = get.replace("\r\n\r\n", "\r\nContent-Length: 4\r\n\r\nabcd");
        assert.match(await answerTo(port, body), /^HTTP\/1\.1 413 /);
        const two = await answerTo(port, get, get);
        assert.equal(two.split("HTTP/1.1").length, 2, "one response a connection");
      },
    );
  });

  test("an endless head ends at the limit", options, async () => {
    await serving(adapter, { maxHeadSize: 4096, maxHeaders: 50 }, async ({ port }) => {
      const long = await RawClient.to(port);
      long.write(`GET / HTTP/1.1\r\nX: ${"a".repeat(1_000_000)}`);
      assert.match(await long.all(), /^HTTP\/1\.1 431 /);
      long.close();
      assert.match(await answerTo(port, upgradeRequest("/", Array(60).fill("A: b"))), /^HTTP\/1\.1 431 /);
    });
  });

  test("a head that comes too slowly ends at the deadline", options, async () => {
    await serving(adapter, { handshakeTimeout: 150 }, async ({ port }) => {
      assert.match(await answerTo(port, "GET / HT"), /^HTTP\/1\.1 408 /);
      assert.match(await answerTo(port), /^HTTP\/1\.1 408 /);
    });
  });

  test("a head in pieces, and frames behind it in the same ones, lose nothing", options, async () => {
    await serving(adapter, { message: (socket, message) => void socket.send(message) }, async ({ port }) => {
      const bytes = Buffer.concat([Buffer.from(upgradeRequest()), clientFrame(0x81, "hi"), clientFrame(0x81, "ho")]);
      for (const step of [1, 7, 64, bytes.length]) {
        const client = await RawClient.to(port);
        for (let at = 0; at < bytes.length; at += step) {
          client.write(bytes.subarray(at, at + step));
          if (step < 64 && at % 21 === 0) await sleep(0);
        }
        await client.until(() => client.text.endsWith("\x81\x02hi\x81\x02ho"), "both echoes");
        assert.match(client.text, /^HTTP\/1\.1 101 .*sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/is);
        client.close();
      }
    });
  });

  test("a reset at any moment harms nobody", options, async () => {
    const slow = { upgrade: () => new Promise<object>((resolve) => setTimeout(() => resolve({}), 4)) };
    await serving(adapter, { ...slow, message: (socket, message) => void socket.send(message) }, async (server) => {
      const bytes = Buffer.concat([Buffer.from(upgradeRequest()), clientFrame(0x81, "hello"), clientFrame(0x88, "")]);
      for (let round = 0; round < 60; round++) {
        const client = await RawClient.to(server.port);
        client.write(bytes.subarray(0, Math.floor((bytes.length * round) / 59)));
        if (round % 3 > 0) await sleep((round % 5) * 3);
        client.stream.resetAndDestroy();
      }
      await eventually(() => server.connections.size === 0, "no connection to be left");
      const socket = await connect(server.url);
      socket.send("still here");
      assert.equal(await socket.receive(), "still here");
      await socket.close();
      // Not one stream is left to wait for: the deadline is longer than this test may take.
      assert.equal((await server.drain({ deadline: 2 * options.timeout })).terminated, 0);
    });
  });

  test("a refusal reaches the client with status, headers and body", options, async () => {
    const upgrade = () => refuse(401, { "www-authenticate": "Bearer" }, "Who are you?");
    await serving(adapter, { upgrade }, async ({ url }) => {
      await assert.rejects(connect(url), (error: unknown) => {
        const { response } = error as { response: { status: number; headers: Headers; body: Uint8Array } };
        assert.equal(response.status, 401);
        assert.equal(response.headers.get("www-authenticate"), "Bearer");
        assert.equal(Buffer.from(response.body).toString(), "Who are you?");
        return true;
      });
    });
  });

  test("upgrade that throws or rejects is a 500, and openingError hears of it", options, async () => {
    const errors: unknown[] = [];
    const openingError = (_request: unknown, error: unknown) => void errors.push((error as Error).message);
    for (const upgrade of [
      () => {
        throw new Error("thrown");
      },
      async () => {
        throw new Error("rejected");
      },
    ]) {
      await serving(adapter, { upgrade, openingError }, async ({ port }) => {
        assert.match(await answerTo(port, upgradeRequest()), /^HTTP\/1\.1 500 /);
      });
    }
    assert.deepEqual(errors, ["thrown", "rejected"]);
  });

  test("upgrade that never settles ends at the deadline, and its request's signal aborts", options, async () => {
    let aborted = 0;
    const upgrade = ({ signal }: { signal: AbortSignal }) => {
      signal.addEventListener("abort", () => aborted++);
      return new Promise<undefined>(() => {});
    };
    await serving(adapter, { upgrade, handshakeTimeout: 200 }, async ({ port }) => {
      assert.match(await answerTo(port, upgradeRequest()), /^HTTP\/1\.1 408 /);
      const client = await RawClient.to(port);
      client.write(upgradeRequest());
      await sleep(30);
      client.stream.resetAndDestroy();
      await eventually(() => aborted === 2, "the signal");
    });
  });

  test("same origin by default", options, async () => {
    await serving(adapter, {}, async ({ port }) => {
      const from = (origin: string): Promise<string> => answerTo(port, upgradeRequest("/", [`Origin: ${origin}`]));
      assert.match(await from("https://evil.example"), /^HTTP\/1\.1 403 /);
      assert.match(await from("null"), /^HTTP\/1\.1 403 /);
      const client = await RawClient.to(port);
      client.write(upgradeRequest("/", ["Origin: http://127.0.0.1"]));
      await client.until(() => client.text.includes("\r\n\r\n"), "the answer");
      assert.match(client.text, /^HTTP\/1\.1 101 /);
      client.close();
    });
  });

  test("every address of the machine by default, IPv4 and IPv6", options, async () => {
    const server = await adapter.serve({ message: (socket, message) => void socket.send(message) });
    assert.match(server.url, /^ws:\/\/localhost:\d+$/);
    for (const host of ["127.0.0.1", "[::1]", "localhost"]) {
      const socket = await adapter.connect(`ws://${host}:${server.port}`);
      socket.send(host);
      assert.equal(await socket.receive(), host);
      await socket.close();
    }
    await server.close();
  });

  test("an option that is undefined is one that is not given", options, async () => {
    const none = {
      maxMessageSize: undefined,
      handshakeTimeout: undefined,
      highWaterMark: undefined,
      overflow: undefined,
      autoPong: undefined,
      subprotocols: undefined,
    };
    const server = {
      ...none,
      port: undefined,
      path: undefined,
      tls: undefined,
      origins: undefined,
      trustProxy: undefined,
      maxConnections: undefined,
      compression: { level: undefined, threshold: 0, maxRatio: undefined, budget: undefined, ratioFloor: undefined },
      upgrade: () => ({ context: undefined, headers: undefined, subprotocol: undefined, compression: undefined }),
      message: (socket: WebSocketConnection, message: Message) => void socket.send(message, { compress: undefined }),
    };
    await serving(adapter, server, async ({ url, drain }) => {
      const client = { tls: undefined, path: undefined, headers: undefined, origin: undefined, signal: undefined };
      const socket = await connect(url, { ...none, ...client, compression: undefined });
      socket.send("message");
      assert.equal(await socket.receive({ signal: undefined }), "message");
      assert.equal(socket.subprotocol, "");
      await drain({ deadline: undefined });
    });
  });
}
