/** What is still sent when the peer has said its last: replies to what came before its Close frame, its fault or its FIN. */
import { createHash, randomFillSync } from "node:crypto";
import { constants, inflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type CloseInfo, connectWith, pakoEngine, type WebSocketConnection } from "../src/index.ts";
import { FakeClock, type MemorySocket, memoryPair } from "../src/testing/index.ts";
import { head, raw, UPGRADE } from "./_requests.ts";
import { world } from "./_world.ts";

const ACCEPT_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Frames of a client in text: opcode and payload, unmasked by a key of zeroes. */
const masked = (first: string, payload: string): string =>
  `${first}${String.fromCharCode(0x80 | payload.length)}\0\0\0\0${payload}`;

/** The frames of a client as `opcode payload` in hex and Latin-1. */
function framesOf(bytes: Buffer): string[] {
  const frames: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = (bytes[at + 1] as number) & 0x7f;
    const key = bytes.subarray(at + 2, at + 6);
    const payload = bytes.subarray(at + 6, at + 6 + length).map((octet, i) => octet ^ (key[i & 3] as number));
    frames.push(`${(bytes[at] as number).toString(16)} ${Buffer.from(payload).toString("latin1")}`);
    at += 6 + length;
  }
  return frames;
}

/** A client whose server answers the request with 101, and these frames behind it in the same chunk. */
async function clientOf(frames: string, use: (socket: WebSocketConnection) => Promise<unknown>, fin = false) {
  const clock = new FakeClock();
  let sent = Buffer.alloc(0);
  const connecting = connectWith(
    async (_target, attach) => {
      const [client, peer] = memoryPair(clock);
      const answer = (request: string): void => {
        const key = /sec-websocket-key: (\S+)/i.exec(request)?.[1] ?? "";
        const accept = createHash("sha1").update(`${key}${ACCEPT_GUID}`).digest("base64");
        const fields = { upgrade: "websocket", connection: "Upgrade", "sec-websocket-accept": accept };
        peer.write(Buffer.from(`${head("HTTP/1.1 101 x", fields)}${frames}`, "latin1"));
        if (fin) peer.end();
      };
      let opened = false;
      peer.handler = {
        onBytes(chunk) {
          if (opened) sent = Buffer.concat([sent, chunk]);
          else answer(Buffer.from(chunk).toString("latin1"));
          opened = true;
        },
        onWritable: () => {},
        onEnd: () => {},
        onClose: () => {},
      };
      client.handler = attach(client);
    },
    "ws://localhost/",
    {},
    { name: "memory", clock, randomFill: (bytes) => randomFillSync(bytes), deflate: pakoEngine },
  );
  const used = connecting.then(use);
  await clock.settle();
  return { clock, sent: framesOf(sent), info: await (await connecting).closed, used };
}

describe("a client answers what came with the 101 before what ends the connection", () => {
  const echo = async (socket: WebSocketConnection): Promise<void> => {
    for await (const message of socket) socket.send(message);
  };
  it.each([
    ["its Close frame", "\x81\x01a\x88\x02\x03\xe8", ["81 a", "88 \x03\xe8"]],
    ["a reserved bit", "\x81\x01a\xa1\x01b", ["81 a", "88 \x03\xea"]],
    ["a message that is not UTF-8", "\x81\x01a\x81\x01\xff", ["81 a", "88 \x03\xef"]],
    ["a message within another", "\x01\x01a\x80\x01b\x00\x01c", ["81 ab", "88 \x03\xea"]],
  ])("%s", async (_name, frames, expected) => {
    expect((await clientOf(frames, echo)).sent).toEqual(expected);
  });

  it("its FIN", async () => {
    const { sent, info } = await clientOf("\x81\x01a\x89\x01p\x81\x01c", echo, true);
    expect(sent.sort()).toEqual(["81 a", "81 c", "8a p"]);
    expect(info).toMatchObject({ code: 1006, clean: false });
  });

  it("for one that asks for a single message, and at once for one that asks for none", async () => {
    const once = await clientOf("\x81\x01a\x88\x02\x03\xe8", async (socket) =>
      socket.send((await socket.receive()) ?? ""),
    );
    expect(once.sent).toEqual(["81 a", "88 \x03\xe8"]);
    expect((await clientOf("\x81\x01a\x88\x02\x03\xe8", async () => {})).sent).toEqual(["88 \x03\xe8"]);
  });
});

/** A server that has been sent the frames, and what it has told. */
async function served(message: (socket: WebSocketConnection) => unknown, frames: string, fin = false) {
  const infos: CloseInfo[] = [];
  const place = world({ message: (socket) => message(socket), close: (_socket, info) => void infos.push(info) });
  const { socket, answer } = raw(place);
  socket.write(Buffer.from(`${head("GET / HTTP/1.1", UPGRADE)}${frames}`, "latin1"));
  if (fin) socket.end();
  await place.clock.settle();
  const wire = (): string => answer.text.slice(answer.text.indexOf("\r\n\r\n") + 4);
  return { ...place, infos, answer, socket: socket as MemorySocket, wire };
}

const faults: Readonly<Record<string, string>> = {
  "a reserved opcode": masked("\x83", ""),
  "a code that may not be sent": masked("\x88", "\x03\xe7"),
  "a message that is not UTF-8": masked("\x81", "\xff"),
  "a frame without a mask": "\x81\x00",
};

describe("a handler that waits for its own close()", () => {
  it.each(Object.entries(faults))("is not held up by %s in the place of the answer (7.1.7)", async (_name, fault) => {
    let settled: CloseInfo | undefined;
    const place = await served(
      async (socket) => {
        settled = await socket.close(4000, "bye");
      },
      masked("\x81", "go"),
    );
    place.socket.write(Buffer.from(fault, "latin1"));
    await place.clock.settle();
    expect(place.wire()).toBe("\x88\x05\x0f\xa0bye");
    expect(place.answer.ended).toBe(true);
    expect(settled).toMatchObject({ code: 1006, clean: false, sent: { code: 4000 } });
    expect(place.infos).toHaveLength(1);
  });

  it("is not held up by the peer's FIN", async () => {
    const place = await served((socket) => socket.close(4000, "bye"), masked("\x81", "go"));
    place.socket.end();
    await place.clock.settle();
    expect(place.infos).toMatchObject([{ code: 1006, sent: { code: 4000 } }]);
  });
});

describe("a server whose peer has sent FIN, and no Close frame", () => {
  it("sends what handlers answer to what came before, then ends (1006)", async () => {
    let finish = (): void => {};
    let left: boolean | undefined;
    const place = await served(
      async (socket) => {
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        left = socket.signal.aborted;
        socket.send("late");
      },
      masked("\x81", "go"),
      true,
    );
    expect([place.infos, place.answer.ended]).toEqual([[], false]);
    finish();
    await place.clock.settle();
    expect(place.wire()).toBe("\x81\x04late");
    expect(left).toBe(true);
    expect(place.answer.ended).toBe(true);
    expect(place.infos).toMatchObject([{ code: 1006, clean: false, error: undefined }]);
  });

  it("ends when a handler closes, with a Close frame, and after closeTimeout where one never settles", async () => {
    const closes = await served(
      async (socket) => {
        await undefined;
        void socket.close(4001);
      },
      masked("\x81", "go"),
      true,
    );
    expect([closes.wire(), closes.answer.ended]).toEqual(["\x88\x02\x0f\xa1", true]);
    const never = await served(() => new Promise(() => {}), masked("\x81", "go"), true);
    await never.clock.advance(9999);
    expect(never.infos).toEqual([]);
    await never.clock.advance(1);
    expect(never.infos).toMatchObject([{ code: 1006, error: undefined }]);
    expect([never.core.connectionCount, never.answer.ended]).toEqual([0, true]);
  });

  it("ends without closeTimeout, too, where a handler waits for the end itself", async () => {
    const infos: CloseInfo[] = [];
    const place = world({
      closeTimeout: 0,
      message: (socket) => socket.closed,
      close: (_socket, info) => void infos.push(info),
    });
    const { socket } = raw(place);
    socket.write(Buffer.from(`${head("GET / HTTP/1.1", UPGRADE)}${masked("\x81", "go")}`, "latin1"));
    socket.end();
    await place.clock.advance(10_000);
    expect(infos).toMatchObject([{ code: 1006, error: undefined }]);
    await place.clock.advance(2000);
    expect([place.core.connectionCount, place.core.environment.deadlines.size]).toEqual([0, 0]);
  });

  it("has what takes turns to compress, and the Close frame that follows it", async () => {
    for (const closes of [false, true]) {
      const place = world({
        compression: { threshold: 0 },
        message(socket) {
          socket.send("abcdefghij".repeat(40_000));
          if (closes) void socket.close(4000, "bye");
        },
      });
      const { socket, answer } = raw(place);
      const offer = { ...UPGRADE, "sec-websocket-extensions": "permessage-deflate" };
      socket.write(Buffer.from(`${head("GET / HTTP/1.1", offer)}${masked("\x81", "go")}`, "latin1"));
      socket.end();
      await place.clock.settle();
      const frames = Buffer.from(answer.text.slice(answer.text.indexOf("\r\n\r\n") + 4), "latin1");
      expect([frames[0], frames[1]]).toEqual([0xc1, 126]);
      const end = 4 + frames.readUInt16BE(2);
      const message = inflateRawSync(Buffer.concat([frames.subarray(4, end), Buffer.from([0, 0, 0xff, 0xff])]), {
        finishFlush: constants.Z_SYNC_FLUSH,
      });
      expect(message).toHaveLength(400_000);
      expect(frames.subarray(end).toString("latin1")).toBe(closes ? "\x88\x05\x0f\xa0bye" : "");
      expect(answer.ended).toBe(true);
    }
  });

  it("is not taken for dead or idle meanwhile", async () => {
    for (const limits of [{ pingInterval: 50, pongTimeout: 100 }, { idleTimeout: 100 }, { maxLifetime: 100 }]) {
      const place = world({
        ...limits,
        async message(socket) {
          await new Promise<void>((resolve) => place.clock.setTimer(resolve, 500));
          socket.send("late");
        },
      });
      const { socket, answer } = raw(place);
      socket.write(Buffer.from(`${head("GET / HTTP/1.1", UPGRADE)}${masked("\x81", "go")}`, "latin1"));
      socket.end();
      await place.clock.advance(500);
      expect(answer.text.slice(answer.text.indexOf("\r\n\r\n") + 4)).toBe("\x81\x04late");
    }
  });

  it.each(["partial", "lent"] as const)(
    "has the Pong that it owes (5.5.2) behind what waits, %s",
    async (backpressure) => {
      const place = world({ message: (socket) => void socket.send("x".repeat(200_000)) }, { backpressure });
      const { socket, answer } = raw(place);
      socket.pause();
      socket.write(Buffer.from(`${head("GET / HTTP/1.1", UPGRADE)}${masked("\x81", "go")}`, "latin1"));
      await place.clock.settle();
      socket.write(Buffer.from(masked("\x89", "p"), "latin1"));
      socket.end();
      await place.clock.settle();
      socket.resume();
      await place.clock.settle();
      expect(answer.text.endsWith("x\x8a\x01p")).toBe(true);
      expect(answer.ended).toBe(true);
    },
  );
});
