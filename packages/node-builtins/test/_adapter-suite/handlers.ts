import assert from "node:assert/strict";
import { test } from "node:test";
import type { WebSocketConnection } from "@samewire/connection";
import { clientFrame, RawClient, upgradeRequest } from "../_raw-client.ts";
import { type Adapter, eventually, options, serving, sleep } from "./adapter.ts";

const MIB = 1024 * 1024;

/** Handlers that fail, hang or close, over real sockets. */
export function handlersSuite(adapter: Adapter): void {
  const { connect } = adapter;

  test("a handler that throws or rejects closes with 1011, and the error handler hears of it", options, async () => {
    const errors: string[] = [];
    const error = (_socket: unknown, thrown: unknown) => void errors.push((thrown as Error).message);
    const failing = [
      {
        message: () => {
          throw new Error("thrown");
        },
      },
      {
        message: async () => {
          throw new Error("rejected");
        },
      },
      {
        open: () => {
          throw new Error("open");
        },
      },
    ];
    for (const handlers of failing) {
      await serving(adapter, { ...handlers, error }, async ({ url }) => {
        const socket = await connect(url);
        socket.send("go");
        assert.equal((await socket.closed).code, 1011);
      });
    }
    assert.deepEqual(errors, ["thrown", "rejected", "open"]);
  });

  test("a handler that never settles holds back messages, not the end", options, async () => {
    const messages: unknown[] = [];
    let closed = 0;
    await serving(
      adapter,
      {
        message: (_socket, message) => {
          messages.push(message);
          return new Promise(() => {});
        },
        close: () => void closed++,
        closeTimeout: 300,
      },
      async (server) => {
        const socket = await connect(server.url);
        socket.send("one");
        socket.send("two");
        await eventually(() => messages.length === 1, "the first message");
        await sleep(30);
        assert.deepEqual(messages, ["one"]);
        assert.equal((await socket.close(4000)).code, 4000);
        await eventually(() => server.connections.size === 0, "the connection to be gone");
        assert.equal(closed, 1);
      },
    );
  });

  test(
    "a stream that a server sends from open is received as one by who asks at once, however long",
    options,
    async () => {
      const open = (socket: WebSocketConnection): void => {
        const parts = async function* () {
          for (let i = 0; i < 40; i++) yield new Uint8Array(65_536).fill(i);
        };
        void socket.send(parts());
      };
      await serving(adapter, { open }, async ({ url }) => {
        const socket = await connect(url, { maxMessageSize: 1000 });
        const stream = await socket.receiveStream();
        let bytes = 0;
        for await (const chunk of stream ?? []) bytes += chunk.length;
        assert.equal(bytes, 40 * 65_536);
        await socket.close();
      });
    },
  );

  test("await socket.close() inside a handler ends", options, async () => {
    const infos: unknown[] = [];
    const message = async (socket: WebSocketConnection): Promise<void> => {
      infos.push((await socket.close(4001, "from within")).code);
    };
    await serving(adapter, { message }, async ({ url }) => {
      const socket = await connect(url);
      socket.send("a");
      socket.send("b");
      const { code, reason, clean } = await socket.closed;
      assert.deepEqual({ code, reason, clean }, { code: 4001, reason: "from within", clean: true });
      await eventually(() => infos.length === 1, "close to resolve");
    });
    assert.deepEqual(infos, [4001]);
  });

  test("open may receive explicitly, and the message handler starts after it", options, async () => {
    const seen: unknown[] = [];
    await serving(
      adapter,
      {
        open: async (socket) => {
          seen.push(["open", await socket.receive()]);
        },
        message: (_socket, message) => void seen.push(["message", message]),
      },
      async ({ url }) => {
        const socket = await connect(url);
        for (const text of ["token", "a", "b"]) socket.send(text);
        await eventually(() => seen.length === 3, "three messages");
        await socket.close();
      },
    );
    assert.deepEqual(seen, [
      ["open", "token"],
      ["message", "a"],
      ["message", "b"],
    ]);
  });

  test("a slow handler becomes backpressure in the peer's TCP, not memory (RS-10)", options, async () => {
    let handled = 0;
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    await serving(
      adapter,
      {
        message: async (_socket, message) => {
          await gate;
          handled += message.length;
        },
      },
      async ({ port }) => {
        const client = await RawClient.to(port);
        client.write(upgradeRequest());
        const payload = new Uint8Array(MIB / 2);
        const header = Uint8Array.of(0x82, 0xff, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0);
        const total = 64;
        for (let count = 0; count < total; count++) client.write(header, payload);
        await sleep(500);
        const waiting = client.stream.writableLength;
        assert.ok(waiting > 16 * MIB, `only ${waiting} bytes are still with the sender`);
        release();
        await eventually(() => handled === total * payload.length, "all messages", 15_000);
        client.close();
      },
    );
  });

  test("a reader that stalls is not sent more than the cap (RS-15)", options, async () => {
    let outcome: unknown;
    await serving(
      adapter,
      {
        maxBufferedAmount: 2 * MIB,
        open(socket) {
          const chunk = new Uint8Array(MIB);
          let sent = 0;
          while (socket.state === "open" && sent < 200) {
            socket.send(chunk);
            sent++;
          }
          assert.ok(sent < 200);
        },
        close: (_socket, { error }) => {
          outcome = error;
        },
        closeTimeout: 300,
      },
      async ({ port }) => {
        const client = await RawClient.to(port);
        client.stream.pause();
        client.write(upgradeRequest());
        await eventually(() => outcome !== undefined, "the close handler");
        client.close();
      },
    );
    assert.ok(outcome instanceof Error);
  });

  test("drain: 1001 to all, what was accepted arrives, the port is free", options, async () => {
    const server = await adapter.serve({
      host: "127.0.0.1",
      port: 0,
      message: (socket, message) => void socket.send(message),
    });
    const sockets = await Promise.all(Array.from({ length: 20 }, () => connect(server.url)));
    const large = "x".repeat(500_000);
    for (const socket of sockets) socket.send(large);
    const replies = Promise.all(sockets.map((socket) => socket.receive()));
    assert.ok((await replies).every((reply) => reply === large));
    const stubborn = await RawClient.to(server.port);
    stubborn.write(upgradeRequest());
    await stubborn.until(() => stubborn.text.includes("\r\n\r\n"), "101");
    const report = await server.drain({ deadline: 300 });
    assert.deepEqual(report, { closed: 20, terminated: 1 });
    for (const socket of sockets) assert.equal((await socket.closed).code, 1001);
    assert.ok(stubborn.text.includes("\x88\x02\x03\xe9"));
    stubborn.close();
    await assert.rejects(RawClient.to(server.port));
    const again = await adapter.serve({ host: "127.0.0.1", port: server.port });
    await again.close();
  });

  test("close cuts everything off, connections in their opening handshake too", options, async () => {
    const server = await adapter.serve({ host: "127.0.0.1", port: 0 });
    const socket = await connect(server.url);
    const half = await RawClient.to(server.port);
    half.stream.on("error", () => {});
    half.write("GET / HTTP/1.1\r\n");
    await sleep(30);
    await server.close();
    assert.equal((await socket.closed).code, 1006);
    await half.until(() => half.over, "the other end");
    half.close();
    await assert.rejects(connect(server.url));
  });

  test("publish reaches the subscribers, encoded once", options, async () => {
    const open = (socket: WebSocketConnection): void => {
      if (socket.target !== "/deaf") socket.subscribe("news");
    };
    await serving(adapter, { open }, async (server) => {
      const targets = ["/", "/", "/deaf"];
      const sockets = await Promise.all(targets.map((target) => connect(server.url + target)));
      await eventually(() => server.connections.size === 3, "three connections");
      assert.equal(server.publish("news", adapter.prepare("extra")), 2);
      assert.equal(await sockets[0]?.receive(), "extra");
      assert.equal(await sockets[1]?.receive(), "extra");
      await Promise.all(sockets.map((socket) => socket.close()));
    });
  });

  test("frames of a client that left are not handled twice, and none is lost before it", options, async () => {
    const messages: unknown[] = [];
    const infos: unknown[] = [];
    await serving(
      adapter,
      {
        message: async (_socket, message) => {
          await sleep(1);
          messages.push(message);
        },
        close: (_socket, { code, reason }) => void infos.push([code, reason]),
      },
      async ({ port }) => {
        const client = await RawClient.to(port);
        const texts = Array.from({ length: 50 }, (_, index) => clientFrame(0x81, `${index}`));
        client.write(upgradeRequest(), ...texts, clientFrame(0x88, ""));
        client.stream.end();
        await eventually(() => infos.length === 1, "the close handler");
        client.close();
      },
    );
    assert.deepEqual(infos, [[1005, ""]]);
    assert.deepEqual(
      messages,
      Array.from({ length: 50 }, (_, index) => `${index}`),
    );
  });
}
