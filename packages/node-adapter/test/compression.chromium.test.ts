/** permessage-deflate with a browser: what Chromium compresses we inflate, and the other way round, over windows and takeover. */
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CompressionOptions, type Server, serve } from "@samewire/node";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumFlags } from "../../../scripts/chromium-flags.mjs";
import { toolPath } from "../../../scripts/system-tools.mjs";

const LIMIT = 8 << 20;
const SIZES = [0, 1, 125, 126, 1000, 1000, 65_535, 65_536, 300_000, 1 << 20, 4 << 20, 1000];

/** The same here and in the page: random bytes, or words of a small alphabet. */
function bytesOf(size: number, random: boolean): Uint8Array<ArrayBuffer> {
  let state = size + 1;
  return Uint8Array.from({ length: size }, (_, at) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return random ? state >>> 16 : 97 + ((((at >> 4) * 31) ^ ((state >>> 16) & 1)) % 26);
  });
}

/** Runs in the page: sends every message, awaits each echo, and tells what was agreed and what came back otherwise. */
async function exchange({
  url,
  sizes,
}: {
  url: string;
  sizes: number[];
}): Promise<{ extensions: string; wrong: string[] }> {
  const make = (globalThis as unknown as { bytesOf: typeof bytesOf }).bytesOf;
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error("no connection"));
  });
  const wrong: string[] = [];
  for (const size of sizes) {
    for (const random of [true, false]) {
      const message = make(size, random);
      const answer = await new Promise<ArrayBuffer>((resolve, reject) => {
        socket.onmessage = ({ data }) => resolve(data as ArrayBuffer);
        socket.onclose = ({ code, reason }) => reject(new Error(`closed with ${code} ${reason}`));
        socket.send(message);
      });
      const view = new Uint8Array(answer);
      if (view.length !== size || view.some((byte, at) => byte !== message[at])) wrong.push(`${size} ${random}`);
    }
  }
  const { extensions } = socket;
  socket.onclose = null;
  socket.close();
  return { extensions, wrong };
}

describe("compression with Chromium", () => {
  let folder: string;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "samewire-compression-"));
    context = await chromium.launchPersistentContext(join(folder, "profile"), {
      executablePath: toolPath("chromium"),
      headless: true,
      args: chromiumFlags,
    });
    page = await context.newPage();
    await page.evaluate(`globalThis.bytesOf = ${bytesOf}`);
  }, 60_000);

  afterAll(async () => {
    await context?.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  const cases: readonly [CompressionOptions, string][] = [
    [{}, "permessage-deflate"],
    [{ serverMaxWindowBits: 15, level: 9 }, "permessage-deflate"],
    [{ serverMaxWindowBits: 9 }, "permessage-deflate"],
    ...[9, 12, 14].map(
      (bits) =>
        [
          { clientMaxWindowBits: bits, serverMaxWindowBits: bits },
          `permessage-deflate; client_max_window_bits=${bits}`,
        ] as [CompressionOptions, string],
    ),
    [{ serverNoContextTakeover: true }, "permessage-deflate; server_no_context_takeover"],
    [{ clientNoContextTakeover: true }, "permessage-deflate; client_no_context_takeover"],
    [
      { serverNoContextTakeover: true, clientNoContextTakeover: true, clientMaxWindowBits: 10 },
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits=10",
    ],
  ];

  it.each(cases)(
    "carries 0 B to 4 MiB with %j",
    async (options, agreed) => {
      const received: string[] = [];
      const server: Server<undefined> = await serve({
        host: "127.0.0.1",
        origins: "any",
        compression: { threshold: 0, ...options },
        maxMessageSize: LIMIT,
        maxBufferedAmount: 2 * LIMIT,
        message(socket, message) {
          received.push(createHash("sha256").update(message).digest("hex"));
          socket.send(message);
        },
      });
      const { extensions, wrong } = await page.evaluate(exchange, { url: server.url, sizes: SIZES });
      await server.close();
      expect(wrong).toEqual([]);
      expect(extensions).toBe(agreed);
      const sent = SIZES.flatMap((size) => [bytesOf(size, true), bytesOf(size, false)]);
      expect(received).toEqual(sent.map((message) => createHash("sha256").update(message).digest("hex")));
    },
    60_000,
  );
});
