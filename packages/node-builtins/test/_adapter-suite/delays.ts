import assert from "node:assert/strict";
import { test } from "node:test";
import { type Adapter, certificate, options, serving } from "./adapter.ts";
import { median, twoMessages } from "./two-messages.ts";

/** Nagle's algorithm is off. */
export function delaysSuite(adapter: Adapter): void {
  test("a small message does not wait until the one before it is acknowledged, in either role", options, async () => {
    const { cert, key } = await certificate;
    for (const tls of [undefined, { cert, key }]) {
      const byServer: number[] = [];
      const byClient: number[] = [];
      let began = 0;
      const handlers = {
        async message(socket: { send(message: string): unknown }, message: unknown): Promise<void> {
          if (message === "first") {
            began = performance.now();
            return;
          }
          byClient.push(performance.now() - began);
          await twoMessages(socket);
        },
      };
      await serving(adapter, { ...handlers, ...(tls && { tls }) }, async ({ url }) => {
        const socket = await adapter.connect(url, { tls: { ca: cert } });
        for (let round = 0; round < 21; round++) {
          await twoMessages(socket);
          assert.equal(await socket.receive(), "first");
          const first = performance.now();
          await socket.receive();
          byServer.push(performance.now() - first);
        }
        await socket.close();
      });
      const over = tls ? "TLS" : "TCP";
      assert.ok(median(byClient) < 25, `the client's took ${byClient} ms over ${over}`);
      // Deno (2.9.6) cannot switch it off for TLS that it has accepted.
      const waits = "deno" in process.versions && tls !== undefined;
      assert.equal(median(byServer) >= 25, waits, `the server's took ${byServer} ms over ${over}`);
    }
  });
}
