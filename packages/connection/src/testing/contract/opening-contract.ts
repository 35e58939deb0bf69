import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import type { Socket } from "../../socket.ts";
import { firstOf, never, options, pattern, type SocketFixture, sha256, sleep, withEnds } from "./ends.ts";
import { PortDriver } from "./port-driver.ts";

/** The beginning of a connection, and the listener. */
export function openingContract(fixture: SocketFixture): void {
  test("dial resolves after attach was called, once", options, async () => {
    const accepted: PortDriver[] = [];
    const dialled: PortDriver[] = [];
    const into =
      (drivers: PortDriver[]) =>
      (socket: Socket): PortDriver => {
        const driver = new PortDriver(socket);
        drivers.push(driver);
        return driver;
      };
    const listener = await fixture.listen(into(accepted));
    await fixture.dial(listener.port, never(), into(dialled));
    assert.equal(dialled.length, 1);
    for (const end of [dialled[0] as PortDriver, await firstOf(accepted)]) {
      end.destroy();
      await end.until(() => end.closed, "onClose");
    }
    await listener.stop();
  });

  test("a write and FIN from within accept arrive", options, async () => {
    const greeting = pattern(1000);
    const accepted: PortDriver[] = [];
    const listener = await fixture.listen((socket) => {
      const driver = new PortDriver(socket);
      accepted.push(driver);
      driver.write(greeting);
      if (driver.unsent === 0) driver.end();
      return driver;
    });
    const near = await dialDriver(listener.port);
    await near.until(() => near.receivedLength === greeting.byteLength, "the greeting");
    assert.equal(sha256(near.received()), sha256(greeting));
    for (const end of [near, ...accepted]) {
      end.destroy();
      await end.until(() => end.closed, "onClose");
      assert.deepEqual(end.violations, []);
    }
    await listener.stop();
  });

  test("destroy from within accept closes, and later", options, async () => {
    const accepted: PortDriver[] = [];
    const listener = await fixture.listen((socket) => {
      const driver = new PortDriver(socket);
      accepted.push(driver);
      driver.destroy();
      return driver;
    });
    // A TLS client may fail to connect at all, then.
    const near = await dialDriver(listener.port).catch(() => undefined);
    const far = await firstOf(accepted);
    await far.until(() => far.closed, "onClose");
    assert.deepEqual(far.violations, []);
    await near?.until(() => near.ended || near.closed, "the peer to notice");
    near?.destroy();
    await listener.stop();
  });

  test("peer tells who is there, also when the socket is closed", options, async () => {
    // Whoever is asked for the first time then must not find that nobody knows any more.
    for (const askedBefore of [true, false]) {
      await withEnds(fixture, async ({ near, far }) => {
        const peers = askedBefore ? [near, far].map(({ socket }) => socket.peer()) : [];
        near.destroy();
        for (const [i, end] of [near, far].entries()) {
          await end.until(() => end.closed || end.ended, "the end");
          end.destroy();
          await end.until(() => end.closed, "onClose");
          const peer = end.socket.peer();
          assert.deepEqual(peer, peers[i] ?? peer);
          const { address, port, secure } = peer;
          assert.match(address ?? "", /^(::ffff:)?127\.0\.0\.1$/);
          assert.ok(port !== undefined && port > 0);
          assert.equal(secure, fixture.secure);
        }
      });
    }
  });

  test("stop refuses new connections and leaves the others", options, async () => {
    const accepted: PortDriver[] = [];
    const listener = await fixture.listen((socket) => {
      const driver = new PortDriver(socket);
      accepted.push(driver);
      return driver;
    });
    const near = await dialDriver(listener.port);
    await near.send(pattern(100));
    const far = await firstOf(accepted);
    await listener.stop();
    await assert.rejects(dialDriver(listener.port));
    await far.send(pattern(5000));
    await near.until(() => near.receivedLength === 5000, "bytes after stop");
    for (const end of [near, far]) {
      end.destroy();
      await end.until(() => end.closed, "onClose");
      assert.deepEqual(end.violations, []);
    }
  });

  test("dial rejects with an error where nobody listens", options, async () => {
    const listener = await fixture.listen((socket) => new PortDriver(socket));
    const { port } = listener;
    await listener.stop();
    await assert.rejects(dialDriver(port), Error);
  });

  test("an aborted dial rejects with the signal's reason and attaches nothing", options, async () => {
    const accepted: PortDriver[] = [];
    const listener = await fixture.listen((socket) => {
      const driver = new PortDriver(socket);
      accepted.push(driver);
      return driver;
    });
    const reason = new Error("changed my mind");
    let attached = 0;
    const attach = (socket: Socket): PortDriver => {
      attached++;
      return new PortDriver(socket);
    };
    await assert.rejects(fixture.dial(listener.port, AbortSignal.abort(reason), attach), reason);
    const controller = new AbortController();
    const dialling = fixture.dial(listener.port, controller.signal, attach);
    controller.abort(reason);
    await assert.rejects(dialling, reason);
    await sleep(50);
    assert.equal(attached, 0);
    await listener.stop();
    for (const driver of accepted) driver.destroy();
  });

  test("a signal that aborts once dial has resolved ends nothing", options, async () => {
    const controller = new AbortController();
    const accepted: PortDriver[] = [];
    const listener = await fixture.listen((socket) => {
      const driver = new PortDriver(socket);
      accepted.push(driver);
      return driver;
    });
    let near: PortDriver | undefined;
    await fixture.dial(listener.port, controller.signal, (socket) => {
      near = new PortDriver(socket);
      return near;
    });
    assert.ok(near);
    controller.abort();
    await sleep(50);
    const far = await firstOf(accepted);
    await far.send(pattern(100));
    await near.until(() => near?.receivedLength === 100, "bytes after the abort");
    for (const end of [near, far]) {
      assert.equal(end.closed, false);
      end.destroy();
      await end.until(() => end.closed, "onClose");
      assert.deepEqual(end.violations, []);
    }
    await listener.stop();
  });

  test("a peer that speaks nonsense, or nothing, harms nobody", options, async () => {
    const accepted: PortDriver[] = [];
    const listener = await fixture.listen((socket) => {
      const driver = new PortDriver(socket);
      accepted.push(driver);
      return driver;
    });
    for (const bytes of [new Uint8Array(0), pattern(3), pattern(4000), Uint8Array.of(22, 3, 1, 255, 255, 1)]) {
      for (const how of ["end", "resetAndDestroy"] as const) {
        const raw = connect(listener.port, "127.0.0.1");
        raw.on("error", () => {});
        await new Promise((resolve) => raw.once("connect", resolve));
        raw.write(bytes);
        await sleep(10);
        raw[how]();
      }
    }
    const near = await dialDriver(listener.port);
    await near.send(pattern(10));
    // Accepted before the test ends, however busy the machine: it must not be the next test's connection.
    for (let tries = 0; tries < 500 && !accepted.some(({ receivedLength }) => receivedLength === 10); tries++) {
      await sleep(10);
    }
    near.destroy();
    await near.until(() => near.closed, "onClose");
    for (const driver of accepted) {
      driver.destroy();
      await driver.until(() => driver.closed, "onClose");
      assert.deepEqual(driver.violations, []);
    }
    await listener.stop();
  });

  async function dialDriver(port: number): Promise<PortDriver> {
    let driver: PortDriver | undefined;
    await fixture.dial(port, never(), (socket) => {
      driver = new PortDriver(socket);
      return driver;
    });
    assert.ok(driver);
    return driver;
  }
}
