/** `attach` on servers of `node:http` and `node:https`, whatever makes a socket of their streams. */
import assert from "node:assert/strict";
import { createServer, request } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { describe, test } from "node:test";
import { type CloseInfo, connectWith } from "@samewire/connection";
import type { AttachOptions } from "@samewire/node-builtins";
import { median, twoMessages } from "./_adapter-suite/two-messages.ts";
import { attachHeadTests } from "./_attach-heads.ts";
import { attachPipelineTests } from "./_attach-pipelines.ts";
import { type Attach, echo, httpServer, listening, open, runtime } from "./_attach-servers.ts";
import { clientFrame, RawClient, upgradeRequest } from "./_raw-client.ts";
import { dial } from "./_streams.ts";
import { testCertificate } from "./test-certificate.ts";

const options = { timeout: 20_000 };

/** What every `attach` must do. */
export function attachSuite(name: string, attach: Attach): void {
  describe(`attach of ${name}`, () => {
    attachHeadTests(attach);
    attachPipelineTests(attach);

    test("upgrades beside the host's own answers", options, async () => {
      const { server, port } = await httpServer();
      const attached = attach(server, echo);
      const socket = await open(port);
      socket.send("over the host's port");
      assert.equal(await socket.receive(), "over the host's port");
      const body = await new Promise<string>((resolve, reject) => {
        request({ port, host: "127.0.0.1", agent: false }, (response) => {
          response.setEncoding("utf8");
          response.on("data", resolve);
        })
          .on("error", reject)
          .end();
      });
      assert.equal(body, "plain");
      assert.equal(attached.connections.size, 1);
      assert.deepEqual((await socket.close(4001, "enough")).code, 4001);
      await attached.close();
    });

    test("a large message and its echo pass whole", options, async () => {
      const { server, port } = await httpServer();
      const attached = attach(server, { ...echo, maxMessageSize: 1 << 24 });
      const socket = await open(port, "/", { maxMessageSize: 1 << 24 });
      const sent = new Uint8Array(8_000_000).map((_, index) => index % 251);
      socket.send(sent.slice());
      const received = (await socket.receive()) as Uint8Array;
      assert.ok(Buffer.from(sent).equals(received));
      await socket.close();
      await attached.close();
    });

    test("several endpoints share a server by path, and no upgrade is taken twice", options, async () => {
      const { server, port } = await httpServer();
      const named = (name: string): AttachOptions => ({ message: (socket) => void socket.send(name) });
      const chat = attach(server, { ...named("chat"), path: "/chat" });
      const rooms = attach(server, { ...named("room"), path: (path) => path.startsWith("/rooms/") });
      for (const [target, name] of [
        ["/chat", "chat"],
        ["/chat?token=1", "chat"],
        ["/rooms/7", "room"],
      ] as const) {
        const socket = await open(port, target);
        socket.send("who?");
        assert.equal(await socket.receive(), name);
        await socket.close();
      }
      assert.equal(server.listenerCount("upgrade"), 1);
      await assert.rejects(open(port, "/chats"), (error: Error & { response?: { status: number } }) => {
        assert.equal(error.response?.status, 404);
        return true;
      });
      await chat.close();
      await assert.rejects(open(port, "/chat"));
      const socket = await open(port, "/rooms/8");
      await socket.close();
      await rooms.close();
      assert.equal(server.listenerCount("upgrade"), 0);
    });

    test("a path function that throws is answered with 500, and reported", options, async () => {
      const { server, port } = await httpServer();
      const reported: unknown[] = [];
      const attached = attach(server, {
        ...echo,
        path: (path) => decodeURIComponent(path) === "/ours",
        openingError: (_request, error) => void reported.push(error),
      });
      const client = await RawClient.to(port);
      client.write(upgradeRequest("/%"));
      assert.match(await client.all(), /^HTTP\/1\.1 500 /);
      client.close();
      assert.ok(reported[0] instanceof URIError);
      const socket = await open(port, "/ours");
      await socket.close();
      await attached.close();
    });

    test(
      "a path function that returns a promise is answered with 500, and reported: it is nobody's yes",
      options,
      async () => {
        const { server, port } = await httpServer();
        const reported: unknown[] = [];
        // What it rejects with is nobody's: unhandled, it would end the process.
        const path = (async () => {
          throw new Error("no");
        }) as never;
        const attached = attach(server, {
          ...echo,
          path,
          openingError: (_request, error) => void reported.push(error),
        });
        await assert.rejects(open(port, "/any"), (error: Error & { response?: { status: number } }) => {
          assert.equal(error.response?.status, 500);
          return true;
        });
        assert.equal((reported[0] as Error).name, "UsageError");
        await attached.close();
      },
    );

    test("a peer that has left before the upgrade was handed over is noticed", options, async () => {
      const { server, port } = await httpServer();
      const inner = createServer();
      const attached = attach(inner, echo);
      server.on("upgrade", (incoming, stream, head) => {
        stream.on("end", () => {}).resume();
        setTimeout(() => inner.emit("upgrade", incoming, stream, head), 40);
      });
      for (const how of ["end", "destroy"] as const) {
        const client = await RawClient.to(port);
        client.write(upgradeRequest());
        client.stream[how]();
        await new Promise((resolve) => setTimeout(resolve, 100));
        assert.equal(attached.connections.size, 0, how);
        client.close();
      }
      await attached.close();
    });

    test("what cannot be right is refused at the call", options, async () => {
      const { server } = await httpServer();
      for (const given of [
        { path: /x/ },
        { path: 5 },
        { path: null },
        { path: "ours" },
        { path: "/a?b" },
        { unmatched: "drop" },
        { message: 5 },
        null,
      ]) {
        assert.throws(() => attach(server, given as never), { name: "UsageError" });
      }
      assert.equal(server.listenerCount("upgrade"), 0);
      // What a framework calls its application is no server, though it has events and can listen.
      for (const app of [undefined, null, {}, Object.assign(() => {}, { on: () => {}, listen: () => {} })]) {
        assert.throws(() => attach(app as never, echo), { name: "UsageError" });
      }
    });

    test("many messages, and a large one in pieces, right behind the request", options, async () => {
      const { server, port } = await httpServer();
      const attached = attach(server, { ...echo, maxMessageSize: 1 << 20 });
      const client = await RawClient.to(port);
      const large = "y".repeat(100_000);
      const largeFrame = Buffer.concat([Buffer.from("81ff00000000000186a000000000", "hex"), Buffer.from(large)]);
      const frames = Array.from({ length: 300 }, (_, i) => clientFrame(0x81, `message ${i}`));
      client.write(upgradeRequest(), ...frames, largeFrame);
      await client.until(() => client.text.endsWith(large), "the last echo");
      assert.deepEqual(
        [...client.text.matchAll(/message (\d+)/g)].map(([, i]) => Number(i)),
        frames.map((_, i) => i),
      );
      client.close();
      await attached.close();
    });

    test("what no endpoint claims is left to other listeners", options, async () => {
      const { server, port } = await httpServer();
      const attached = attach(server, { ...echo, path: "/ours" });
      server.on("upgrade", (incoming, stream) => {
        if (incoming.url === "/theirs") stream.end("HTTP/1.1 299 Theirs\r\nConnection: close\r\n\r\n");
      });
      const theirs = await RawClient.to(port);
      theirs.write(upgradeRequest("/theirs"));
      await theirs.until(() => theirs.text.includes("\r\n\r\n"), "their answer");
      assert.match(theirs.text, /^HTTP\/1\.1 299 /);
      theirs.close();
      const socket = await open(port, "/ours");
      await socket.close();
      await attached.close();
    });

    test("`unmatched` decides without a look at other listeners", options, async () => {
      const { server, port } = await httpServer();
      server.on("upgrade", () => {});
      const attached = attach(server, { ...echo, path: "/ours", unmatched: "refuse" });
      const client = await RawClient.to(port);
      client.write(upgradeRequest("/theirs"));
      assert.match(await client.all(), /^HTTP\/1\.1 404 /);
      client.close();
      await attached.close();
    });

    test("an upgrade that is left, and that nobody takes, may end in a reset", options, async () => {
      const { server, port } = await httpServer();
      const attached = attach(server, { ...echo, path: "/ours", unmatched: "leave" });
      const client = await RawClient.to(port);
      client.write(upgradeRequest("/theirs"));
      await new Promise((resolve) => setTimeout(resolve, 50));
      client.stream.resetAndDestroy();
      // What nobody listens to ends the process, and here fails the test.
      await new Promise((resolve) => setTimeout(resolve, 100));
      await attached.close();
    });

    test("frames that came with the request are not lost (SH-32)", options, async () => {
      const { server, port } = await httpServer();
      const attached = attach(server, echo);
      const client = await RawClient.to(port);
      client.write(upgradeRequest(), clientFrame(0x81, "hi"));
      await client.until(() => client.text.includes("\x81\x02hi"), "the echo");
      assert.equal(client.text.split("\x81\x02hi").length, 2, "exactly once");
      client.close();
      await attached.close();
    });

    test("a reset at any moment harms nobody", options, async () => {
      const { server, port } = await httpServer();
      const attached = attach(server, {
        ...echo,
        upgrade: () => new Promise<object>((resolve) => setTimeout(() => resolve({}), 5)),
      });
      const bytes = Buffer.concat([Buffer.from(upgradeRequest()), clientFrame(0x81, "hello"), clientFrame(0x88, "")]);
      for (let round = 0; round < 60; round++) {
        const client = await RawClient.to(port);
        client.write(bytes.subarray(0, Math.floor((bytes.length * round) / 59)));
        if (round % 3 > 0) await new Promise((resolve) => setTimeout(resolve, (round % 5) * 3));
        client.stream.resetAndDestroy();
      }
      const socket = await open(port);
      socket.send("still here");
      assert.equal(await socket.receive(), "still here");
      await socket.close();
      await attached.close();
    });

    test(
      "a reset is 1006, whatever events the runtime makes of it; only Bun takes it for a FIN (LC-5)",
      options,
      async () => {
        const { server, port } = await httpServer();
        const infos: CloseInfo[] = [];
        const attached = attach(server, { ...echo, close: (_socket, info) => void infos.push(info) });
        const client = await RawClient.to(port);
        client.write(upgradeRequest(), clientFrame(0x81, "hi"));
        await client.until(() => client.text.includes("\x81\x02hi"), "the echo");
        client.stream.resetAndDestroy();
        for (let wait = 0; wait < 500 && infos.length === 0; wait++)
          await new Promise((resolve) => setTimeout(resolve, 10));
        assert.equal(infos.length, 1);
        assert.deepEqual([infos[0]?.code, infos[0]?.clean], [1006, false]);
        assert.equal(infos[0]?.error instanceof Error, !("bun" in process.versions));
        assert.equal(attached.connections.size, 0);
        await attached.close();
      },
    );

    test("drain answers 503, says 1001, and leaves the host listening", options, async () => {
      const { server, port } = await httpServer();
      const attached = attach(server, echo);
      const socket = await open(port);
      const draining = attached.drain({ deadline: 5_000 });
      const client = await RawClient.to(port);
      client.write(upgradeRequest());
      assert.match(await client.all(), /^HTTP\/1\.1 503 /);
      client.close();
      assert.equal((await socket.closed).code, 1001);
      assert.deepEqual(await draining, { closed: 1, terminated: 0 });
      assert.equal(server.listening, true);
      assert.equal(server.listenerCount("upgrade"), 0);
    });

    test("the host's timeout, and its choice of Nagle's algorithm, are not the connection's", options, async () => {
      const server = createServer({ noDelay: false });
      const port = await listening(server);
      server.on("connection", (stream) => stream.setTimeout(100, () => stream.destroy()));
      const attached = attach(server, { message: twoMessages });
      const socket = await open(port);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const took: number[] = [];
      for (let round = 0; round < 21; round++) {
        socket.send("go");
        assert.equal(await socket.receive(), "first");
        const first = performance.now();
        await socket.receive();
        took.push(performance.now() - first);
      }
      assert.ok(median(took) < 25, `${took} ms`);
      await socket.close();
      await attached.close();
    });

    test("subprotocol, context and headers by the upgrade handler", options, async () => {
      const { server, port } = await httpServer();
      const attached = attach<{ user: string }>(server, {
        subprotocols: ["b", "a"],
        upgrade: async ({ headers }) => ({
          context: { user: headers.get("x-user") ?? "" },
          headers: { "x-seen": "1" },
        }),
        open: (socket) => void socket.send(socket.context.user),
      });
      const socket = await open(port, "/", { subprotocols: ["a", "b"], headers: { "x-user": "ada" } });
      assert.equal(socket.subprotocol, "b");
      assert.equal(socket.headers.get("x-seen"), "1");
      assert.equal(await socket.receive(), "ada");
      await attached.close();
      assert.equal((await socket.closed).code, 1006);
    });

    test("over TLS", options, async () => {
      const { cert, key } = await testCertificate();
      const server = createHttpsServer({ cert, key }, (_request, response) => response.end("plain"));
      const port = await listening(server);
      let secure: boolean | undefined;
      const attached = attach(server, {
        ...echo,
        upgrade(request) {
          secure = request.peer.secure;
          return {};
        },
      });
      const socket = await connectWith(dial, `wss://127.0.0.1:${port}/`, { tls: { ca: cert } }, runtime);
      const sent = "x".repeat(300_000);
      socket.send(sent);
      assert.equal(await socket.receive(), sent);
      assert.equal(secure, true);
      await socket.close();
      await attached.close();
    });
  });
}
