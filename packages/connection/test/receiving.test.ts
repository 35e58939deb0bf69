import { describe, expect, it } from "vitest";
import type { WebSocketConnection } from "../src/index.ts";
import { take, world } from "./_world.ts";

const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

for (const way of ["handler", "async handler", "iteration", "receive"] as const) {
  it(`${way}: what came before a fault in the same chunk is answered before the Close frame (7.1.7)`, async () => {
    const echo = (socket: WebSocketConnection, message: string | Uint8Array): void => void socket.send(message);
    const { clock, stream } = world({
      ...(way === "handler" && { message: echo }),
      ...(way === "async handler" && {
        message: async (socket: WebSocketConnection, message: string | Uint8Array) => {
          await later();
          echo(socket, message);
        },
      }),
      ...(way === "iteration" && {
        open: async (socket: WebSocketConnection) => {
          for await (const message of socket) echo(socket, message);
        },
      }),
      ...(way === "receive" && {
        open: async (socket: WebSocketConnection) => echo(socket, (await socket.receive()) ?? "nothing"),
      }),
    });
    const socket = stream();
    let received = "";
    socket.handler = {
      onBytes: (chunk) => {
        received += Buffer.from(chunk).toString("latin1");
        return false;
      },
      onWritable: () => {},
      onEnd: () => {},
      onClose: () => {},
    };
    socket.write(
      Buffer.from(
        "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n" +
          "\x81\x82\0\0\0\0hi\x83\x80\0\0\0\0",
        "latin1",
      ),
    );
    for (let i = 0; i < 5; i++) {
      await later();
      await clock.settle();
    }
    expect(received.slice(received.indexOf("\r\n\r\n") + 4)).toBe("\x81\x02hi\x88\x02\x03\xea");
  });
}

describe("receiving", () => {
  it("iterates until the connection is closed, and leaves it open when the loop is left", async () => {
    const { clock, connect } = world({
      async open(socket) {
        for await (const message of socket) {
          if (message === "stop") break;
          socket.send(`got ${message}`);
        }
        socket.send("left");
      },
    });
    const socket = await connect();
    for (const one of ["1", "2", "stop"]) socket.send(one);
    await clock.settle();
    expect(await take(clock, socket)).toBe("got 1");
    expect(await take(clock, socket)).toBe("got 2");
    expect(await take(clock, socket)).toBe("left");
    expect(socket.state).toBe("open");
    void socket.close();
    await clock.settle();
    expect(await take(clock, socket)).toBeUndefined();
  });

  it("keeps what came before the Close frame for a reader that comes late", async () => {
    const { clock, connect } = world({
      open: (socket) => {
        socket.send("one");
        socket.send("two");
        void socket.close(4000);
      },
    });
    const socket = await connect();
    await clock.settle();
    expect(await socket.closed).toMatchObject({ code: 4000 });
    expect(await take(clock, socket)).toBe("one");
    expect(await take(clock, socket)).toBe("two");
    expect(await take(clock, socket)).toBeUndefined();
  });
});
