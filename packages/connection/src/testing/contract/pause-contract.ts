import assert from "node:assert/strict";
import { test } from "node:test";
import { MIB, options, pattern, type SocketFixture, sha256, sleep, withEnds } from "./ends.ts";

/** Reading stops and starts. */
export function pauseContract(fixture: SocketFixture): void {
  test("pause stops delivery while data is in flight", options, async () => {
    await withEnds(fixture, async ({ near, far }) => {
      const all = pattern(4 * MIB, 5);
      far.onChunk = () => {
        far.onChunk = undefined;
        far.socket.pause();
      };
      near.write(all);
      await far.until(() => far.receivedLength > 0, "a first chunk");
      await sleep(50);
      const before = far.receivedLength;
      assert.ok(before <= 512 * 1024, `${before} bytes came after pause`);
      await sleep(100);
      assert.equal(far.receivedLength, before);
      far.resume();
      await far.until(() => far.receivedLength === all.byteLength, "the rest");
      assert.equal(sha256(far.received()), sha256(all));
    });
  });

  test("pause and resume are idempotent, and the last one wins", options, async () => {
    await withEnds(fixture, async ({ near, far }) => {
      far.pause();
      far.pause();
      far.resume();
      far.resume();
      await near.send(pattern(1000));
      await far.until(() => far.receivedLength === 1000, "bytes after resume");
      far.resume();
      far.pause();
      await near.send(pattern(1000));
      await sleep(60);
      assert.equal(far.receivedLength, 1000);
      far.resume();
      await far.until(() => far.receivedLength === 2000, "the rest");
    });
  });

  test("a FIN behind a pause waits for what was sent before it", options, async () => {
    await withEnds(fixture, async ({ near, far }) => {
      far.pause();
      await near.send(pattern(200_000));
      near.end();
      await sleep(60);
      assert.equal(far.ended, false);
      far.resume();
      await far.until(() => far.ended, "onEnd");
      assert.equal(far.receivedLength, 200_000);
    });
  });

  test("a peer that is gone is told of where something is written, though reading pauses", options, async () => {
    await withEnds(fixture, async ({ near, far }) => {
      far.pause();
      // Unread, it makes a reset of the end, which has come before what was sent ahead of it is read.
      await near.send(pattern(1000));
      near.onChunk = () => {
        near.onChunk = undefined;
        near.write(pattern(6));
        near.pause();
      };
      far.write(pattern(1000));
      far.destroy();
      for (let i = 0; i < 200 && !near.closed; i++) {
        await sleep(10);
        near.write(pattern(6));
      }
      assert.equal(near.closed, true);
    });
  });
}
