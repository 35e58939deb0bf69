import assert from "node:assert/strict";
import { test } from "node:test";
import { clientFrame, RawClient, upgradeRequest } from "../_raw-client.ts";
import { type Adapter, eventually, options, serving, sleep } from "./adapter.ts";

const MASK = [0, 0, 0, 0];

/** Input that breaks the protocol: exactly one Close frame with the right code, then FIN (RFC 6455 section 7.1.7). */
const faults: readonly (readonly [name: string, bytes: readonly number[], code: number])[] = [
  ["a frame that is not masked (5.1)", [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f], 1002],
  ["a length with its top bit set (5.2)", [0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, ...MASK], 1002],
  ["a length of 2^63 - 1 (7.4.1)", [0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, ...MASK], 1009],
  ["a length of 2^32 + 5 (7.4.1)", [0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 5, ...MASK, 1, 2, 3, 4, 5], 1009],
  ["a length that is not minimal (5.2)", [0x81, 0xfe, 0, 5, ...MASK, 0x48, 0x65, 0x6c, 0x6c, 0x6f], 1002],
  ["a reserved bit (5.2)", [0xc1, 0x80, ...MASK], 1002],
  ["a reserved opcode (5.2)", [0x83, 0x80, ...MASK], 1002],
  ["a fragmented Ping (5.5)", [0x09, 0x80, ...MASK], 1002],
  ["a continuation of nothing (5.4)", [0x80, 0x81, ...MASK, 0x61], 1002],
  ["text that is not UTF-8 (8.1)", [0x81, 0x82, ...MASK, 0xc3, 0x28], 1007],
  ["a Close frame of one byte (5.5.1)", [0x88, 0x81, ...MASK, 0x03], 1002],
  ["a close code that may not be sent (7.4)", [0x88, 0x82, ...MASK, 0x03, 0xed], 1002],
];

/** Bad input after the opening handshake, over a real socket. */
export function framesSuite(adapter: Adapter): void {
  test("every fault is answered with its code, then FIN, and what follows is ignored", options, async () => {
    const messages: unknown[] = [];
    const closed: unknown[] = [];
    const handlers = {
      message: (_socket: unknown, message: unknown) => void messages.push(message),
      close: (_socket: unknown, { error, clean }: { error: Error | undefined; clean: boolean }) =>
        void closed.push([error?.name, clean]),
    };
    await serving(adapter, handlers, async ({ port }) => {
      for (const [name, bytes, code] of faults) {
        const client = await RawClient.to(port);
        client.write(upgradeRequest(), clientFrame(0x81, "before"), Uint8Array.from(bytes), clientFrame(0x81, "after"));
        const all = await client.all();
        const frames = Buffer.from(all.slice(all.indexOf("\r\n\r\n") + 4), "latin1");
        assert.equal(frames[0], 0x88, name);
        assert.equal(frames.readUInt16BE(2), code, name);
        assert.equal(frames.length, 2 + (frames[1] as number), `${name}: one Close frame and nothing else`);
        client.close();
      }
      await eventually(() => closed.length === faults.length, "every close handler");
    });
    assert.deepEqual(messages, Array(faults.length).fill("before"));
    assert.deepEqual(closed, Array(faults.length).fill(["ProtocolError", false]));
  });

  test("a flood after a fault is neither kept nor answered (RS-9)", options, async () => {
    await serving(adapter, {}, async ({ port }) => {
      const client = await RawClient.to(port);
      client.stream.on("error", () => {});
      client.write(upgradeRequest(), Uint8Array.of(0x83, 0x80, ...MASK));
      const block = new Uint8Array(256 * 1024);
      let sent = 0;
      while (!client.stream.destroyed && client.stream.writable && sent < 512 * block.length) {
        sent += block.length;
        if (!client.stream.write(block)) {
          await Promise.race([sleep(3_000), new Promise((resolve) => client.stream.once("drain", resolve))]);
        }
        await sleep(0);
      }
      await eventually(() => client.stream.destroyed || client.over, "the server to close");
      assert.ok(sent < 64 * 1024 * 1024, `the server took ${sent} bytes`);
      client.close();
    });
  });

  test("Ping is answered with its payload, before a message that a handler holds up", options, async () => {
    const message = (): Promise<void> => sleep(300);
    await serving(adapter, { message }, async ({ port }) => {
      const client = await RawClient.to(port);
      client.write(upgradeRequest(), clientFrame(0x81, "slow"), clientFrame(0x89, "beat"));
      const began = Date.now();
      await client.until(() => client.text.endsWith("\x8a\x04beat"), "the Pong");
      assert.ok(Date.now() - began < 250);
      client.close();
    });
  });
}
