import assert from "node:assert/strict";
import { test } from "node:test";
import { fill, MIB, options, pattern, type SocketFixture, sha256, sleep, withEnds } from "./ends.ts";

/** The end of a connection: FIN, destroy and reset. */
export function closingContract(fixture: SocketFixture): void {
  test("end sends FIN, and input still arrives: near first", options, () => halfClose(fixture, "near"));
  test("end sends FIN, and input still arrives: far first", options, () => halfClose(fixture, "far"));

  test("a write after end or destroy is dropped and answered in full", options, async () => {
    await withEnds(fixture, async ({ near, far }) => {
      near.end();
      assert.equal(near.socket.write(pattern(100)), 100);
      await far.until(() => far.ended, "onEnd");
      assert.equal(far.receivedLength, 0);
      near.destroy();
      assert.equal(near.socket.write(pattern(100)), 100);
      near.end();
    });
  });

  test("what was written before end and destroy still arrives", options, async () => {
    await withEnds(fixture, async ({ near, far }) => {
      const last = pattern(2_000);
      await near.send(last);
      near.end();
      near.destroy();
      await far.until(() => far.ended || far.closed, "the end");
      assert.equal(sha256(far.received()), sha256(last));
    });
  });

  test("destroy closes once, later, and nothing follows", options, async () => {
    await withEnds(fixture, async ({ near, far }) => {
      far.write(pattern(500_000));
      near.onChunk = () => {
        near.onChunk = undefined;
        near.socket.destroy();
        near.socket.destroy();
      };
      await near.until(() => near.closed, "onClose");
      assert.equal(near.reason, undefined, "our own doing is no reason");
      const after = near.receivedLength;
      await far.until(() => far.closed || far.ended, "the peer to notice");
      await sleep(30);
      assert.equal(near.receivedLength, after);
    });
  });

  test("destroy while a write is blocked", options, async () => {
    await withEnds(fixture, async ({ near, far }) => {
      far.pause();
      await fill(near);
      near.destroy();
      await near.until(() => near.closed, "onClose");
      far.resume();
      await far.until(() => far.closed || far.ended, "the peer to notice");
    });
  });

  test("destroy while paused", options, async () => {
    await withEnds(fixture, async ({ near, far }) => {
      near.pause();
      await far.send(pattern(100_000));
      near.destroy();
      await near.until(() => near.closed, "onClose");
    });
  });

  test("a reset closes with a reason", options, async () => {
    await withEnds(fixture, async ({ near, far }, reset) => {
      await near.send(pattern(1000));
      await far.until(() => far.receivedLength === 1000, "bytes");
      reset();
      for (const end of [near, far]) {
        await end.until(() => end.closed, "onClose");
        assert.ok(end.reason instanceof Error, "a reset has a reason");
        assert.equal(end.ended, false, "a reset is no FIN");
        assert.equal(end.socket.write(pattern(10)), 10);
      }
    });
  });

  test("a reset while a write is blocked", options, async () => {
    await withEnds(fixture, async ({ near, far }, reset) => {
      far.pause();
      await fill(near);
      reset();
      await near.until(() => near.closed, "onClose");
      assert.ok(near.reason instanceof Error);
    });
  });
}

async function halfClose(fixture: SocketFixture, first: "near" | "far"): Promise<void> {
  await withEnds(fixture, async (ends) => {
    const closing = ends[first];
    const other = first === "near" ? ends.far : ends.near;
    const last = pattern(300_000, 9);
    await closing.send(last);
    closing.end();
    closing.end();
    await other.until(() => other.ended, "onEnd");
    assert.equal(sha256(other.received()), sha256(last));
    await sleep(30);
    assert.equal(other.closed, false, "a FIN alone closes nothing");
    const late = pattern(MIB, 11);
    await other.send(late);
    await closing.until(() => closing.receivedLength === late.byteLength, "input after end");
    assert.equal(sha256(closing.received()), sha256(late));
    other.end();
    await closing.until(() => closing.closed, "onClose where FIN came last");
    await other.until(() => other.closed, "onClose where FIN came first");
    assert.equal(closing.ended, true);
    assert.equal(closing.reason, undefined);
    assert.equal(other.reason, undefined);
  });
}
