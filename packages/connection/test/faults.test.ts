import { describe, expect, it } from "vitest";
import type { CloseInfo, WebSocketConnection } from "../src/index.ts";
import { head, raw, UPGRADE } from "./_requests.ts";
import { world } from "./_world.ts";

const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Frames that break a rule, and the code that it demands (7.4.1). */
const FAULTS = [
  ["an unknown opcode", "\x83\x80\0\0\0\0", "\x03\xea", 1002],
  ["a text that is not UTF-8", "\x81\x81\0\0\0\0\xff", "\x03\xef", 1007],
  ["a message over the limit", "\x82\xfe\x04\x01\0\0\0\0", "\x03\xf1", 1009],
] as const;

/** What a handler may do that was pending when the fault came. */
const ENDINGS: readonly (readonly [string, (socket: WebSocketConnection) => unknown])[] = [
  ["awaits close(1000)", (socket) => socket.close(1000)],
  [
    "throws",
    () => {
      throw new Error("late");
    },
  ],
];

describe("a fault", () => {
  for (const [fault, frame, code, closeCode] of FAULTS) {
    for (const [way, end] of ENDINGS) {
      it(`${fault}: keeps its code where a pending handler ${way} (7.1.7)`, async () => {
        const infos: CloseInfo[] = [];
        let settled = false;
        const place = world({
          maxMessageSize: 1024,
          async message(socket) {
            await later();
            try {
              await end(socket);
            } finally {
              settled = true;
            }
          },
          close: (_socket, info) => void infos.push(info),
        });
        const { socket, answer } = raw(place);
        socket.write(Buffer.from(`${head("GET / HTTP/1.1", UPGRADE)}\x81\x82\0\0\0\0hi${frame}`, "latin1"));
        for (let i = 0; i < 5; i++) {
          await later();
          await place.clock.settle();
        }
        // No time has passed: nobody had to wait for a deadline.
        expect(answer.text.slice(answer.text.indexOf("\r\n\r\n") + 4)).toBe(`\x88\x02${code}`);
        expect(settled).toBe(true);
        expect(infos).toMatchObject([{ code: 1006, clean: false, sent: { code: closeCode, reason: "" } }]);
        expect(infos[0]?.error).toMatchObject({ closeCode });
      });
    }
  }

  it("aborts the signal at once, so that a handler which waits for that does not hold up the Close frame", async () => {
    const place = world({
      message: (socket) => new Promise<void>((resolve) => socket.signal.addEventListener("abort", () => resolve())),
    });
    const { socket, answer } = raw(place);
    socket.write(Buffer.from(`${head("GET / HTTP/1.1", UPGRADE)}\x81\x82\0\0\0\0hi\x83\x80\0\0\0\0`, "latin1"));
    await place.clock.settle();
    expect(answer.text.endsWith("\x88\x02\x03\xea")).toBe(true);
  });

  for (const [handler, pending] of [
    ["that has settled", false],
    ["that does not settle", true],
  ] as const) {
    it(`that comes while our Close frame waits for what is being compressed has its code sent instead, beside a handler ${handler} (7.1.7)`, async () => {
      const infos: CloseInfo[] = [];
      const place = world({
        compression: { threshold: 0 },
        message(socket) {
          socket.send(new Uint8Array(1_000_000));
          void socket.close(1000);
          peer.write(Buffer.from("\x83\x80\0\0\0\0", "latin1"));
          return pending ? new Promise<never>(() => {}) : undefined;
        },
        close: (_socket, info) => void infos.push(info),
      });
      const { socket: peer, answer } = raw(place);
      const request = { ...UPGRADE, "sec-websocket-extensions": "permessage-deflate" };
      peer.write(Buffer.from(`${head("GET / HTTP/1.1", request)}\x81\x82\0\0\0\0hi`, "latin1"));
      await place.clock.settle();
      expect(answer.text.endsWith("\x88\x02\x03\xea")).toBe(true);
      await place.clock.advance(10_000);
      expect(infos).toMatchObject([{ code: 1006, sent: { code: 1002 } }]);
    });
  }

  it("has its code sent at closeTimeout where a handler does not settle", async () => {
    const place = world({ closeTimeout: 3000, message: () => new Promise<never>(() => {}) });
    const { socket, answer } = raw(place);
    socket.write(Buffer.from(`${head("GET / HTTP/1.1", UPGRADE)}\x81\x81\0\0\0\0a\x83\x80\0\0\0\0`, "latin1"));
    await place.clock.advance(2999);
    expect(answer.text.endsWith("\r\n\r\n")).toBe(true);
    await place.clock.advance(1);
    expect(answer.text.endsWith("\x88\x02\x03\xea")).toBe(true);
  });

  it("leaves a handler that closes the last: what waits behind it is dropped, and the fault's code is sent", async () => {
    const log: string[] = [];
    const place = world({
      async message(socket, message) {
        log.push(String(message));
        await later();
        void socket.close(4000);
      },
    });
    const { socket, answer } = raw(place);
    const frames = "\x81\x81\0\0\0\0a\x81\x81\0\0\0\0b\x83\x80\0\0\0\0";
    socket.write(Buffer.from(`${head("GET / HTTP/1.1", UPGRADE)}${frames}`, "latin1"));
    for (let i = 0; i < 5; i++) {
      await later();
      await place.clock.settle();
    }
    expect(log).toEqual(["a"]);
    expect(answer.text.endsWith("\x88\x02\x03\xea")).toBe(true);
  });

  it("within a stream is what its reader is told", async () => {
    let reading: Promise<unknown> | undefined;
    const place = world({
      stream(_socket, stream) {
        reading = stream.bytes();
        return reading as Promise<never>;
      },
    });
    const { socket } = raw(place);
    socket.write(Buffer.from(`${head("GET / HTTP/1.1", UPGRADE)}\x01\x81\0\0\0\0a\x83\x80\0\0\0\0`, "latin1"));
    await place.clock.settle();
    await expect(reading).rejects.toMatchObject({ name: "ProtocolError", code: "reserved-opcode" });
  });
});
