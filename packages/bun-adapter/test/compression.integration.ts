/** permessage-deflate with what Bun brings: `Bun.serve` and Bun's own `WebSocket`, against ours in both roles. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type CompressionOptions, connect, serve } from "@samewire/bun";

const LIMIT = 8 << 20;
const SIZES = [0, 1, 100, 125, 126, 1000, 1000, 65_535, 65_536, 200_000, 1 << 20, 5, 1000];

/** Bytes of which `random` do not compress and others do, at distances up to 32 KiB and beyond. */
function bytesOf(size: number, random: boolean): Uint8Array<ArrayBuffer> {
  let state = size + 1;
  return Uint8Array.from({ length: size }, (_, at) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return random ? state >>> 16 : 97 + ((((at >> 4) * 31) ^ ((state >>> 16) & 1)) % 26);
  });
}

const MESSAGES = SIZES.flatMap((size) => [bytesOf(size, true), bytesOf(size, false)]);

const OURS: readonly CompressionOptions[] = [
  {},
  { serverNoContextTakeover: true, clientNoContextTakeover: true },
  { level: 6, serverMaxWindowBits: 15 },
  { serverMaxWindowBits: 9 },
];

function same(one: Uint8Array, other: Uint8Array): void {
  assert.equal(Buffer.compare(one, other), 0, `${one.length} and ${other.length} bytes`);
}

describe("our server and Bun's WebSocket", () => {
  for (const ours of OURS) {
    it(`carries every size with ${JSON.stringify(ours)}`, async () => {
      const server = await serve({
        host: "127.0.0.1",
        origins: "any",
        compression: { threshold: 0, ...ours },
        maxMessageSize: LIMIT,
        maxBufferedAmount: 2 * LIMIT,
        message(socket, message) {
          socket.send(message);
        },
      });
      const socket = new WebSocket(server.url);
      socket.binaryType = "arraybuffer";
      await new Promise((resolve, reject) => {
        socket.onopen = resolve;
        socket.onerror = reject;
      });
      assert.match(socket.extensions, /permessage-deflate/);
      for (const message of MESSAGES) {
        const answer = new Promise<ArrayBuffer>((resolve, reject) => {
          socket.onmessage = ({ data }) => resolve(data as ArrayBuffer);
          socket.onclose = ({ code }) => reject(new Error(`closed with ${code}`));
        });
        socket.send(message);
        same(new Uint8Array(await answer), message);
      }
      socket.onclose = null;
      socket.close();
      await server.close();
    });
  }
});

describe("our client and Bun.serve", () => {
  const theirs = [
    true,
    { compress: "shared", decompress: "shared" },
    { compress: "16KB", decompress: "dedicated" },
    { compress: "256KB", decompress: "32KB" },
  ] as const;
  for (const perMessageDeflate of theirs) {
    for (const ours of OURS) {
      it(`carries every size with ${JSON.stringify(ours)} and ${JSON.stringify(perMessageDeflate)}`, async () => {
        const server = Bun.serve({
          hostname: "127.0.0.1",
          port: 0,
          fetch(request, self) {
            return self.upgrade(request) ? undefined : new Response("an upgrade is wanted", { status: 426 });
          },
          websocket: {
            perMessageDeflate,
            maxPayloadLength: LIMIT,
            message(socket, message) {
              socket.send(message, true);
            },
          },
        });
        const socket = await connect(`ws://127.0.0.1:${server.port}`, {
          compression: { threshold: 0, ...ours },
          maxMessageSize: LIMIT,
          maxBufferedAmount: 2 * LIMIT,
        });
        for (const message of MESSAGES) {
          socket.send(message);
          same((await socket.receive()) as Uint8Array, message);
        }
        await socket.close();
        await server.stop(true);
      });
    }
  }
});
