/** Deno's own client and server, and `ws` on Node, as peers in both roles. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { describe, test } from "node:test";
import { connect, type Server, serve, type WebSocketConnection } from "@samewire/deno";
import { assertSame, bytesOf, SIZES, textOf } from "./_messages.ts";

const MAX = 32 << 20;
const options = { timeout: 60_000 };

/** What Deno tells when a WebSocket of its own closes. */
type Closed = Parameters<NonNullable<WebSocket["onclose"]>>[0];

const limits = { maxMessageSize: MAX, maxBufferedAmount: 2 * MAX };

function echo(compression = false): Promise<Server<undefined>> {
  return serve({
    host: "127.0.0.1",
    ...limits,
    compression,
    origins: "any",
    message(socket, message) {
      if (message === "close, please") void socket.close(4001, "as you wish");
      else socket.send(message);
    },
  });
}

/** Every size through a connection of ours and back. */
async function exchange(socket: WebSocketConnection): Promise<void> {
  for (const size of SIZES) {
    for (const message of [textOf(size), bytesOf(size)]) {
      socket.send(message);
      assertSame(await socket.receive(), message);
    }
  }
}

describe("Deno's own WebSocket client against our server", () => {
  const opened = async (url: string): Promise<WebSocket> => {
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    return socket;
  };
  const next = (socket: WebSocket): Promise<unknown> =>
    new Promise((resolve) => {
      socket.onmessage = ({ data }) => resolve(data);
    });
  const closed = (socket: WebSocket): Promise<Closed> =>
    new Promise((resolve) => {
      socket.onclose = resolve;
    });

  test("every size, text and binary", options, async () => {
    await using server = await echo();
    const socket = await opened(server.url);
    for (const size of SIZES) {
      for (const message of [textOf(size), bytesOf(size)]) {
        const answer = next(socket);
        socket.send(message);
        assertSame(await answer, message);
      }
    }
    const end = closed(socket);
    socket.close(3000, "that was all");
    const { code, wasClean } = await end;
    assert.deepEqual({ code, wasClean }, { code: 3000, wasClean: true });
  });

  test("the server closes with a code and a reason", options, async () => {
    await using server = await echo();
    const socket = await opened(server.url);
    const end = closed(socket);
    socket.send("close, please");
    const { code, reason, wasClean } = await end;
    assert.deepEqual({ code, reason, wasClean }, { code: 4001, reason: "as you wish", wasClean: true });
  });
});

describe("our client against Deno's own server", () => {
  async function withDenoServer(run: (url: string, ended: Promise<Closed>) => Promise<void>): Promise<void> {
    let resolve: (event: Closed) => void = () => {};
    const ended = new Promise<Closed>((settle) => {
      resolve = settle;
    });
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.binaryType = "arraybuffer";
      socket.onmessage = ({ data }) => {
        if (data === "close, please") socket.close(4001, "as you wish");
        else socket.send(data);
      };
      socket.onclose = (event) => resolve(event);
      return response;
    });
    try {
      await run(`ws://127.0.0.1:${server.addr.port}/`, ended);
    } finally {
      await server.shutdown();
    }
  }

  test("every size, text and binary, and our close", options, () =>
    withDenoServer(async (url, ended) => {
      const socket = await connect(url, limits);
      await exchange(socket);
      const { code, clean } = await socket.close(4321, "enough");
      assert.deepEqual({ code, clean }, { code: 4321, clean: true });
      const { code: seen, reason } = await ended;
      assert.deepEqual({ seen, reason }, { seen: 4321, reason: "enough" });
    }),
  );

  test("the server closes with a code and a reason", options, () =>
    withDenoServer(async (url) => {
      const socket = await connect(url, limits);
      socket.send("close, please");
      assert.equal(await socket.receive(), undefined);
      const { code, reason, clean } = await socket.closed;
      assert.deepEqual({ code, reason, clean }, { code: 4001, reason: "as you wish", clean: true });
    }),
  );
});

describe("ws on Node", () => {
  /** A module for Node in a process of its own; the first line that it prints is its answer. */
  async function withNode(source: string, args: string[], run: (line: string) => Promise<void>): Promise<void> {
    const child: ChildProcess = spawn("node", ["--input-type=module", "-e", source, ...args], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    try {
      const line = await new Promise<string>((resolve, reject) => {
        createInterface({ input: child.stdout as NonNullable<ChildProcess["stdout"]> }).once("line", resolve);
        child.once("exit", (code) => reject(new Error(`node exited with ${code}`)));
      });
      await run(line);
    } finally {
      child.kill("SIGKILL");
    }
  }

  for (const compression of [false, true]) {
    const how = compression ? "compressed" : "plain";

    test(`its server, ${how}`, options, () =>
      withNode(
        `import { WebSocketServer } from "ws";
        const [compression] = process.argv.slice(1);
        const perMessageDeflate = compression === "true" && { threshold: 0 };
        const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate, maxPayload: ${MAX} }, () =>
          console.log(server.address().port));
        server.on("connection", (socket) =>
          socket.on("message", (data, binary) => socket.send(data, { binary })));`,
        [String(compression)],
        async (port) => {
          const socket = await connect(`ws://127.0.0.1:${port}/`, { ...limits, compression });
          assert.equal(socket.extensions.length, compression ? 1 : 0);
          await exchange(socket);
          assert.equal((await socket.close(1000, "done")).clean, true);
        },
      ),
    );

    test(`its client, ${how}`, options, async () => {
      await using server = await echo(compression);
      const sizes = JSON.stringify(SIZES);
      await withNode(
        `import WebSocket from "ws";
        const [url, compression] = process.argv.slice(1);
        const socket = new WebSocket(url, { perMessageDeflate: compression === "true" && { threshold: 0 } });
        const next = () => new Promise((resolve) => socket.once("message", (...answer) => resolve(answer)));
        socket.on("open", async () => {
          let same = 0;
          for (const size of ${sizes}) for (const binary of [false, true]) {
            const message = Buffer.alloc(size, "samewire ");
            const answer = next();
            socket.send(message, { binary });
            const [data, isBinary] = await answer;
            if (isBinary === binary && data.equals(message)) same += 1;
          }
          socket.close(1000, "done");
          socket.on("close", (code) => console.log(same, code, socket.extensions));
        });`,
        [server.url, String(compression)],
        async (line) => {
          assert.equal(line, `${SIZES.length * 2} 1000 ${compression ? "permessage-deflate" : ""}`);
        },
      );
    });
  }
});
