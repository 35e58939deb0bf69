import { randomFillSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type ConnectError, type ConnectOptions, connectWith, pakoEngine } from "../src/index.ts";
import { FakeClock, type MemorySocket, memoryPair } from "../src/testing/index.ts";

/** What `connectWith` makes of a server that does as `answer` says once the request is there. */
async function refusedBy(
  answer: (socket: MemorySocket, clock: FakeClock) => void | Promise<void>,
  options: ConnectOptions = {},
): Promise<ConnectError> {
  const clock = new FakeClock();
  let server: MemorySocket | undefined;
  const connecting = connectWith(
    async (_target, attach) => {
      const [client, peer] = memoryPair(clock);
      server = peer;
      peer.handler = { onBytes: () => {}, onWritable: () => {}, onEnd: () => {}, onClose: () => {} };
      client.handler = attach(client);
    },
    "ws://localhost/",
    { handshakeTimeout: 1000, ...options },
    { name: "memory", clock, randomFill: (bytes) => randomFillSync(bytes), deflate: pakoEngine },
  ).then(
    () => expect.fail("opened"),
    (error: ConnectError) => error,
  );
  await clock.settle();
  await answer(server as MemorySocket, clock);
  await clock.settle();
  return connecting;
}

function write(socket: MemorySocket, text: string): void {
  socket.write(Buffer.from(text, "latin1"));
}

function bodyOf(error: ConnectError): string {
  return Buffer.from(error.response?.body ?? []).toString("latin1");
}

describe("ClientOpening", () => {
  it("CH-1 tells who refused, when the time is over before the body is", async () => {
    for (const length of ["Content-Length: 50\r\n", ""]) {
      const error = await refusedBy(async (socket, clock) => {
        write(socket, `HTTP/1.1 401 No\r\n${length}WWW-Authenticate: Basic\r\n\r\nabcd`);
        await clock.settle();
        await clock.advance(1100);
      });
      expect(error).toMatchObject({ code: "response-status", response: { status: 401, complete: false } });
      expect(bodyOf(error)).toBe("abcd");
    }
  });

  it("CH-1 shows the response that refused, its body in as many pieces as it comes", async () => {
    const error = await refusedBy(async (socket, clock) => {
      for (const piece of ["HTTP/1.1 403 No\r\nContent-Length: 5\r\nX-Why: token\r\n\r\nab", "cd", "efgh"]) {
        write(socket, piece);
        await clock.settle();
      }
    });
    expect(error).toMatchObject({
      code: "response-status",
      message: "the server answered 403 No",
      section: "RFC 6455 4.1 (1)",
      response: { status: 403, reason: "No", complete: true },
    });
    expect(error.response?.headers.get("x-why")).toBe("token");
    expect(bodyOf(error)).toBe("abcde");
  });

  it("lets no control character of the server's act in a message, and keeps the fault that it was", async () => {
    const error = await refusedBy((socket) =>
      write(socket, "HTTP/1.1 403 No\t\x9b31m\xe9\r\nContent-Length: 0\r\n\r\n"),
    );
    expect(error.message).toBe("the server answered 403 No\\x09\\x9b31m\xe9");
    expect(error.cause).toMatchObject({ name: "HandshakeError", code: "response-status" });
  });

  it("CH-1 waits for nothing where there is no body, and for no frames after a 101 that fails", async () => {
    const empty = await refusedBy((socket) =>
      write(socket, "HTTP/1.1 302 x\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"),
    );
    expect(empty.response).toMatchObject({ status: 302, complete: true });
    const bare = await refusedBy((socket) => write(socket, "HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n"));
    expect(bare.message).toBe("the server answered 404");
    const switched = await refusedBy((socket) => write(socket, "HTTP/1.1 101 x\r\n\r\n\x81\x00"));
    expect(switched).toMatchObject({ code: "response-upgrade", response: { status: 101, complete: true } });
    expect(switched.message).toMatch(/^rule broken: response-upgrade/);
    expect(bodyOf(switched)).toBe("");
  });

  it("CH-1 reads at most 64 KiB of a body without end, and tells that it was cut", async () => {
    const error = await refusedBy(async (socket, clock) => {
      write(socket, "HTTP/1.1 500 x\r\n\r\n");
      for (let sent = 0; sent < 70_000; sent += 7_000) {
        write(socket, "a".repeat(7_000));
        await clock.settle();
      }
    });
    expect(error.response).toMatchObject({ status: 500, complete: false, body: { length: 65_536 } });
  });

  it("shows what came of a body when the stream ends, and of one whose end is the stream's", async () => {
    const cut = await refusedBy((socket) => {
      write(socket, "HTTP/1.1 403 No\r\nContent-Length: 10\r\n\r\nabc");
      socket.end();
    });
    expect(cut).toMatchObject({ code: "response-status", response: { complete: false } });
    expect(bodyOf(cut)).toBe("abc");
    const ended = await refusedBy((socket) => {
      write(socket, "HTTP/1.1 403 No\r\n\r\nabc");
      socket.end();
    });
    expect(ended.response).toMatchObject({ complete: true });
    expect(bodyOf(ended)).toBe("abc");
  });

  it("CH-16 takes a head within the bounds of its options", async () => {
    const head = "HTTP/1.1 403 No\r\nA: b\r\nContent-Length: 0\r\n\r\n";
    const code = async (options: ConnectOptions) => (await refusedBy((socket) => write(socket, head), options)).code;
    expect(await code({ maxHeaders: 2, maxHeadSize: head.length })).toBe("response-status");
    expect(await code({ maxHeaders: 1 })).toBe("too-many-headers");
    expect(await code({ maxHeadSize: head.length - 1 })).toBe("head-too-large");
  });

  it("CH-18 has no response where the stream ends inside the head, or what comes is not HTTP", async () => {
    const early = await refusedBy((socket) => {
      write(socket, "HTTP/1.1 101 Swit");
      socket.end();
    });
    expect(early).toMatchObject({ code: "head-incomplete", response: undefined });
    const other = await refusedBy((socket) => write(socket, "SSH-2.0-OpenSSH_9.2\r\n"));
    expect(other).toMatchObject({ code: "status-line", response: undefined });
  });

  it("is `closed` where the connection is lost, with the response as far as it came", async () => {
    for (const length of ["Content-Length: 10\r\n", ""]) {
      const error = await refusedBy(async (socket, clock) => {
        write(socket, `HTTP/1.1 403 No\r\n${length}\r\nabc`);
        await clock.settle();
        socket.reset();
      });
      expect(error).toMatchObject({ code: "closed", response: { status: 403, complete: false } });
      expect(bodyOf(error)).toBe("abc");
    }
  });
});
