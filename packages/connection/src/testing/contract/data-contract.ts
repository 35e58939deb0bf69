import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { fill, MIB, options, pattern, type SocketFixture, sha256, sleep, TOO_MUCH, withEnds } from "./ends.ts";

/** Bytes: complete, in order, under backpressure. */
export function dataContract(fixture: SocketFixture): void {
  test("bytes arrive complete and in order, both ways at once", options, async () => {
    await withEnds(fixture, async ({ near, far }) => {
      const up = pattern(3 * MIB, 2);
      const down = pattern(3 * MIB, 3);
      await Promise.all([near.send(up), far.send(down)]);
      await far.until(() => far.receivedLength >= up.byteLength, "all bytes up");
      await near.until(() => near.receivedLength >= down.byteLength, "all bytes down");
      assert.equal(sha256(far.received()), sha256(up));
      assert.equal(sha256(near.received()), sha256(down));
    });
  });

  test("many small writes keep their order", options, async () => {
    await withEnds(fixture, async ({ near, far }) => {
      const all = pattern(5_000 * 37);
      for (let at = 0; at < all.byteLength; at += 37) {
        near.write(all.subarray(at, at + 37));
        if (at % 3700 === 0) await sleep(0);
      }
      await far.until(() => far.receivedLength >= all.byteLength, "all writes");
      assert.equal(sha256(far.received()), sha256(all));
    });
  });

  test("a chunk that was kept never changes, and may be changed", options, async () => {
    await withEnds(fixture, async ({ near, far }) => {
      const copies: Uint8Array[] = [];
      far.onChunk = (chunk) => {
        chunk[0] = (chunk[0] as number) ^ 0xff;
        copies.push(new Uint8Array(chunk));
      };
      for (let round = 0; round < 200; round++) {
        near.write(pattern(500 + round, round));
        if (round % 10 === 0) await sleep(1);
      }
      await far.until(() => far.receivedLength >= 200 * 500 + (199 * 200) / 2, "200 writes");
      assert.deepEqual(far.chunks.map(sha256), copies.map(sha256));
    });
  });

  test("a peer that does not read blocks the writer, and loses nothing", options, async () => {
    await withEnds(fixture, async ({ near, far }) => {
      far.pause();
      const sent = await fill(near);
      assert.ok(sent < TOO_MUCH, "the writer was never blocked");
      const before = far.receivedLength;
      await sleep(100);
      assert.ok(near.blocked, "still blocked");
      assert.equal(far.receivedLength, before);
      far.resume();
      await far.until(() => far.receivedLength === sent, "everything after resume");
      await near.until(() => !near.blocked && near.unsent === 0, "the writer to be free");
      const block = pattern(MIB);
      const expected = createHash("sha256");
      for (let at = 0; at < sent; at += MIB) expected.update(block);
      assert.equal(sha256(far.received()), expected.digest("hex"));
    });
  });

  test("10 MiB through a slow reader, by SHA-256", options, async () => {
    await withEnds(fixture, async ({ near, far }) => {
      const all = pattern(10 * MIB, 7);
      let budget = 0;
      far.onChunk = (chunk) => {
        budget += chunk.byteLength;
        if (budget < 256 * 1024) return;
        budget = 0;
        // From within onBytes, as a connection does it.
        far.socket.pause();
        setTimeout(() => far.resume(), 1);
      };
      const sending = near.send(all).then(() => near.end());
      await far.until(() => far.ended, "the end");
      await sending;
      assert.equal(far.receivedLength, all.byteLength);
      assert.equal(sha256(far.received()), sha256(all));
    });
  });
}
