/** permessage-deflate with the implementations that people have on Node: `ws` in both roles, and undici's client. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { type CompressionOptions, connect, type Server, serve } from "@samewire/node";
import { WebSocket as UndiciSocket } from "undici";
import WebSocket, { type PerMessageDeflateOptions, WebSocketServer } from "ws";

const LIMIT = 8 << 20;
const SIZES = [0, 1, 100, 125, 126, 1000, 1000, 65_535, 65_536, 200_000, 1 << 20, 5, 1000];

/** Bytes of which `random` do not compress and others do, at distances up to 32 KiB and beyond. */
function bytesOf(size: number, random: boolean): Uint8Array {
  let state = size + 1;
  return Uint8Array.from({ length: size }, (_, at) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return random ? state >>> 16 : 97 + ((((at >> 4) * 31) ^ ((state >>> 16) & 1)) % 26);
  });
}

const MESSAGES = SIZES.flatMap((size) => [bytesOf(size, true), bytesOf(size, false)]);

function same(one: Uint8Array, other: Uint8Array, what: string): void {
  assert.equal(Buffer.compare(one, other), 0, `${what}: ${one.length} and ${other.length} bytes`);
}

function echo(compression: boolean | CompressionOptions): Promise<Server<undefined>> {
  return serve({
    host: "127.0.0.1",
    origins: "any",
    compression,
    maxMessageSize: LIMIT,
    maxBufferedAmount: 2 * LIMIT,
    message(socket, message) {
      socket.send(message);
    },
  });
}

const OURS: readonly CompressionOptions[] = [
  {},
  { serverNoContextTakeover: true },
  { clientNoContextTakeover: true },
  { serverNoContextTakeover: true, clientNoContextTakeover: true },
  ...[9, 12, 15].map((bits) => ({
    serverMaxWindowBits: bits,
    clientMaxWindowBits: bits,
    level: bits - 8,
  })),
];

const THEIRS: readonly PerMessageDeflateOptions[] = [
  {},
  { serverNoContextTakeover: true, clientNoContextTakeover: true },
  ...[9, 12, 15].map((bits) => ({ serverMaxWindowBits: bits, clientMaxWindowBits: bits })),
];

describe("our server and the client of ws", () => {
  for (const ours of OURS) {
    for (const theirs of THEIRS) {
      it(`${JSON.stringify(ours)} with ${JSON.stringify(theirs)}`, async () => {
        const server = await echo({ threshold: 0, ...ours });
        const socket = new WebSocket(server.url, { perMessageDeflate: { ...theirs, threshold: 0 }, maxPayload: LIMIT });
        await once(socket, "open");
        assert.match(socket.extensions, /permessage-deflate/);
        for (const message of MESSAGES) {
          socket.send(message);
          const [answer] = (await once(socket, "message")) as [Buffer];
          same(answer, message, "echo");
        }
        socket.close(1000);
        await once(socket, "close");
        await server.close();
      });
    }
  }
});

describe("our client and the server of ws", () => {
  for (const ours of OURS) {
    for (const theirs of THEIRS) {
      // A window smaller than its own option ws takes for an error, and answers with 400.
      if ((theirs.serverMaxWindowBits ?? 0) > (ours.serverMaxWindowBits ?? 15)) continue;
      it(`${JSON.stringify(ours)} with ${JSON.stringify(theirs)}`, async () => {
        const server = new WebSocketServer({
          host: "127.0.0.1",
          port: 0,
          maxPayload: LIMIT,
          perMessageDeflate: { ...theirs, threshold: 0 },
        });
        server.on("connection", (socket) =>
          socket.on("message", (message, binary) => socket.send(message, { binary })),
        );
        await once(server, "listening");
        const { port } = server.address() as { port: number };
        const socket = await connect(`ws://127.0.0.1:${port}`, {
          compression: { threshold: 0, ...ours },
          maxMessageSize: LIMIT,
          maxBufferedAmount: 2 * LIMIT,
        });
        assert.equal(socket.extensions[0]?.engine, "zlib");
        for (const message of MESSAGES) {
          socket.send(message);
          same((await socket.receive()) as Uint8Array, message, "echo");
        }
        await socket.close();
        server.close();
      });
    }
  }
});

describe("our server and undici's client", () => {
  it("carries every size", async () => {
    const server = await echo({ threshold: 0 });
    const socket = new UndiciSocket(server.url);
    socket.binaryType = "arraybuffer";
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", reject);
    });
    assert.match(socket.extensions, /permessage-deflate/);
    for (const message of MESSAGES) {
      const answer = new Promise<ArrayBuffer>((resolve) => {
        socket.addEventListener("message", ({ data }) => resolve(data as ArrayBuffer), { once: true });
      });
      socket.send(message);
      same(new Uint8Array(await answer), message, "echo");
    }
    socket.close();
    await server.close();
  });
});
