import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { MemoryBudget, type Message, prepare, type ServerOptions, type WebSocketConnection } from "../../src/index.ts";
import { take, type World, world } from "../_world.ts";
import { countingEngine } from "./_counting-engine.ts";
import { rawPeer } from "./_raw-peer.ts";

const echo = { message: (socket: WebSocketConnection, message: Message) => void socket.send(message) };
const PMD = "permessage-deflate";
const HELLO = "c107f248cdc9c90700";

function digest(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Text that compresses, of exactly `size` bytes. */
function words(size: number): string {
  let text = "";
  for (let at = 0; text.length < size; at += 1) text += `${(at * at * 7919) % 1000} `;
  return text.slice(0, size);
}

/** What a server of these options has received when the frames were in, and what it has answered. */
async function session(
  options: ServerOptions<undefined>,
  frames: readonly string[],
): Promise<{ messages: string[]; answers: string[]; place: World<undefined> }> {
  const messages: string[] = [];
  const place = world({
    compression: { threshold: 0 },
    message: (_socket, message) =>
      void messages.push(typeof message === "string" ? message : `${message.length} bytes`),
    ...options,
  });
  const peer = await rawPeer(place, PMD);
  await peer.send(...frames);
  return { messages, answers: peer.received(), place };
}

describe("a connection with compression, as its peer sees it", () => {
  it.each<[string, string[], string[], string[]]>([
    ["DF-11, DF-14", [HELLO, "c105f200110000"], ["Hello", "Hello"], []],
    ["DF-12", ["c108f348cdc9c9070000", HELLO], ["Hello", "Hello"], []],
    ["DF-17", ["c10100", "c100", "c20100"], ["", "", "0 bytes"], []],
    ["DF-20", ["4103f248cd", "8900", "8004c9c90700"], ["Hello"], ["8a"]],
    ["DF-21", [HELLO, "810568656c6c6f", "c105f200110000", "8200"], ["Hello", "hello", "Hello", "0 bytes"], []],
    ["DF-24", ["4100", "0002f248", "0000", "0005cdc9c90700", "8000"], ["Hello"], []],
  ])("%s", async (_case, frames, messages, answers) => {
    expect(await session({}, frames)).toMatchObject({ messages, answers });
  });

  it.each<[string, string, string]>([
    ["DF-18: RSV1 on a Ping", "c900", "03ea"],
    ["RSV1 on a continuation", "c000", "03ea"],
    ["invalid DEFLATE", "c10107", "03ef"],
    ["UT-4: text that inflates to bad UTF-8", "c108000200fdffc32800", "03ef"],
  ])("fails for %s", async (_case, frame, code) => {
    const { messages, answers } = await session({}, [HELLO, frame, HELLO]);
    expect(messages).toEqual(["Hello"]);
    expect(answers.map((answer) => answer.slice(0, 7))).toEqual([`88 ${code}`]);
  });

  it("DF-22: fails for RSV1 where nothing was agreed", async () => {
    const { messages, answers } = await session({ compression: false }, [HELLO]);
    expect(messages).toEqual([]);
    expect(answers.map((answer) => answer.slice(0, 7))).toEqual(["88 03ea"]);
  });

  it("RS-11: fails with 1009 for a bomb, and inflates no further than the limit", async () => {
    const bomb = await compressedZeros(64 << 20);
    let delivered = 0;
    const message = (): void => {
      delivered += 1;
    };
    const place = world({ compression: true, maxMessageSize: 1 << 20, message });
    const peer = await rawPeer(place, PMD);
    for (let at = 0; at < bomb.length; at += 60_000) {
      await peer.sendBytes(at === 0 ? 0x42 : 0x00, bomb.subarray(at, at + 60_000));
      const [answer] = peer.received();
      if (answer !== undefined) {
        expect(answer.slice(0, 7)).toBe("88 03f1");
        expect(delivered).toBe(0);
        return;
      }
    }
    throw new Error("the bomb went through");
  });
});

/** A message of zeroes, compressed without reference to others. */
async function compressedZeros(size: number): Promise<Uint8Array> {
  const { deflateRawSync, constants } = await import("node:zlib");
  return deflateRawSync(new Uint8Array(size), { level: 9, finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}

describe("compression between both roles", () => {
  it("carries messages of all sizes, whole and as streams, in order", async () => {
    const { clock, connect } = world({ ...echo, compression: { threshold: 0 }, maxMessageSize: 8 << 20 });
    const socket = await connect({ compression: { threshold: 0 }, maxMessageSize: 8 << 20 });
    const sizes = [0, 1, 125, 1000, 65_536, 131_073, 400_000, 3];
    for (const size of sizes) {
      socket.send(words(size));
      socket.send(new TextEncoder().encode(words(size)));
    }
    const parts = async function* (): AsyncGenerator<string> {
      for (let part = 0; part < 10; part += 1) yield words(20_000);
    };
    const streamed = socket.send(parts());
    await clock.settle();
    for (const size of sizes) {
      expect(digest((await take(clock, socket)) ?? "")).toBe(digest(words(size)));
      expect(digest((await take(clock, socket)) ?? "")).toBe(digest(words(size)));
    }
    await streamed;
    expect(digest((await take(clock, socket)) ?? "")).toBe(digest(words(20_000).repeat(10)));
  });

  it("compresses: 400 KB of text take a third on the wire at most", async () => {
    const { clock, connect, sockets } = world({ ...echo, compression: true });
    const socket = await connect({ compression: true });
    socket.send(words(400_000));
    await clock.settle();
    expect((sockets[0]?.writes ?? []).reduce((sum, size) => sum + size, 0)).toBeLessThan(200_000);
    expect(digest((await take(clock, socket)) ?? "")).toBe(digest(words(400_000)));
  });

  it("tells what was agreed, with the engine, or why nothing was", async () => {
    const agreed = await world({ ...echo, compression: true }).connect({ compression: true });
    expect(agreed.extensions).toEqual([{ name: PMD, params: [], engine: "pako" }]);
    expect(agreed.declinedExtensions).toEqual([]);

    const off = await world({ ...echo, compression: true }).connect();
    expect(off.extensions).toEqual([]);
    expect(off.declinedExtensions).toEqual([{ extension: PMD, reason: "off" }]);

    let server: WebSocketConnection | undefined;
    const refused = await world({
      ...echo,
      open: (socket) => {
        server = socket;
      },
    }).connect({ compression: true });
    expect(refused.declinedExtensions).toEqual([{ extension: PMD, reason: "not-accepted" }]);
    expect(server?.declinedExtensions).toEqual([{ extension: PMD, reason: "off" }]);
  });

  it("takes an override at upgrade, off or with other options", async () => {
    for (const [override, extensions] of [
      [false, []],
      [
        { serverNoContextTakeover: true },
        [{ name: PMD, params: [["server_no_context_takeover", true]], engine: "pako" }],
      ],
      [undefined, [{ name: PMD, params: [], engine: "pako" }]],
    ] as const) {
      const place = world({
        ...echo,
        compression: true,
        upgrade: () => (override === undefined ? {} : { compression: override }),
      } as ServerOptions<undefined>);
      expect((await place.connect({ compression: true })).extensions).toEqual(extensions);
    }
  });

  it("DF-28: sends below the threshold as it is, and above it or on the caller's word compressed", async () => {
    const place = world({
      compression: { threshold: 100 },
      message: (socket, message) => {
        socket.send(message);
        socket.send(message, { compress: true });
        socket.send(message, { compress: false });
      },
    });
    const peer = await rawPeer(place, PMD);
    const firsts = async (length: number): Promise<string[]> => {
      await peer.sendBytes(0x81, Buffer.from("x".repeat(length)));
      return peer.received().map((frame) => frame.slice(0, 2));
    };
    expect(await firsts(99)).toEqual(["81", "c1", "81"]);
    expect(await firsts(100)).toEqual(["c1", "c1", "81"]);
  });

  it("gives a prepared message to many, compressed once, between messages of each", async () => {
    const { counts, engine } = countingEngine();
    const place = world({ ...echo, compression: { threshold: 0 } }, {}, () => engine);
    const clients = [];
    for (let count = 0; count < 4; count += 1) clients.push(await place.connect({ compression: { threshold: 0 } }));
    const plain = await place.connect();
    const news = prepare(words(2000));
    for (let round = 0; round < 3; round += 1) {
      for (const [index, client] of clients.entries()) {
        const own = `${index}: ${words(500)}`;
        client.send(own);
        expect(await take(place.clock, client)).toBe(own);
      }
      for (const connection of place.core.connections) connection.send(news);
      await place.clock.settle();
      for (const client of [...clients, plain]) expect(await take(place.clock, client)).toBe(words(2000));
    }
    expect(counts.deflated.filter((length) => length === news.payload.length)).toHaveLength(1);
  });

  it("API-2: the bytes of a long message may change as soon as send returns", async () => {
    const { clock, connect } = world({ ...echo, compression: true });
    const socket = await connect({ compression: true });
    const message = new TextEncoder().encode(words(400_000));
    const expected = digest(message);
    socket.send(message);
    message.fill(0);
    await clock.settle();
    expect(digest((await take(clock, socket)) ?? "")).toBe(expected);
  });

  it("RS-14: gives the compressor back when idle, everything when closed", async () => {
    const budget = new MemoryBudget(1 << 28);
    const { clock, connect, core } = world({ ...echo, compression: { threshold: 0, budget } });
    const socket = await connect({ compression: { threshold: 0, budget: new MemoryBudget(1 << 28) } });
    const { deadlines } = core.environment;
    const owed = budget.used;
    expect(owed).toBeGreaterThan(0);
    for (let count = 0; count < 3; count += 1) {
      socket.send(words(300));
      expect(await take(clock, socket)).toBe(words(300));
    }
    expect(budget.used).toBeGreaterThan(owed);
    // One for all messages, none for a connection that idles or is over.
    expect(deadlines.size).toBe(1);
    await clock.advance(25_000);
    expect([budget.used, deadlines.size]).toEqual([owed, 0]);
    socket.send(words(300));
    expect(await take(clock, socket)).toBe(words(300));
    socket.close();
    await clock.advance(5000);
    expect([budget.used, deadlines.size]).toEqual([0, 0]);
  });

  it("gives back what a handshake that goes nowhere had promised", async () => {
    const budget = new MemoryBudget(1 << 28);
    const { clock, stream } = world({ ...echo, compression: { budget } });
    const socket = stream();
    socket.write(
      Buffer.from(
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
          `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: ${PMD}\r\n\r\n`,
      ),
    );
    socket.reset();
    await clock.advance(30_000);
    expect(budget.used).toBe(0);
  });
});
