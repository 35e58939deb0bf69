import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Socket, SocketHandler } from "../../socket.ts";
import { PortDriver } from "./port-driver.ts";
import { resetProxy } from "./reset-proxy.ts";

export type Accept = (socket: Socket) => SocketHandler;

/** How an adapter opens byte streams. Both ends are its own, on 127.0.0.1. */
export interface SocketFixture {
  readonly name: string;
  /** Whether the streams are TLS. */
  readonly secure: boolean;
  listen(accept: Accept): Promise<{ readonly port: number; stop(): Promise<void> }>;
  dial(port: number, signal: AbortSignal, attach: Accept): Promise<void>;
}

export interface Ends {
  readonly near: PortDriver;
  readonly far: PortDriver;
}

export const MIB: number = 1 << 20;
/** More than any kernel's socket buffers: a peer that does not read must block the writer. */
export const TOO_MUCH: number = 64 * MIB;
export const options: { readonly timeout: number } = { timeout: 30_000 };
export const never = (): AbortSignal => new AbortController().signal;
export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Bytes that tell their own place, so that a lost or doubled piece shows. */
export function pattern(length: number, seed = 1): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = seed >>> 0;
  for (let index = 0; index < words.length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    words[index] = state;
  }
  return new Uint8Array(words.buffer, 0, length);
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The first connection that a listener accepts, which may be later than the dialler's success. */
export async function firstOf(accepted: readonly PortDriver[]): Promise<PortDriver> {
  const began = Date.now();
  while (accepted.length === 0 && Date.now() - began < 5000) await sleep(2);
  const [first] = accepted;
  assert.ok(first, "the listener accepts");
  return first;
}

/** Two connected ends; `reset` breaks the connection between them. Every end must have kept the rules and be gone at the end. */
export async function withEnds(
  fixture: SocketFixture,
  body: (ends: Ends, reset: () => void) => Promise<void>,
): Promise<void> {
  const accepted: PortDriver[] = [];
  const listener = await fixture.listen((socket) => {
    const driver = new PortDriver(socket);
    accepted.push(driver);
    return driver;
  });
  const proxy = await resetProxy(listener.port);
  let near: PortDriver | undefined;
  try {
    await fixture.dial(proxy.port, never(), (socket) => {
      near = new PortDriver(socket);
      return near;
    });
    assert.ok(near, "dial resolves after attach");
    // The listener may hear of it later than the dialler: a first byte makes sure.
    near.write(Uint8Array.of(1));
    const far = await firstOf(accepted);
    await far.until(() => far.receivedLength === 1, "the first byte");
    far.chunks.length = 0;
    far.receivedLength = 0;
    const ends = { near, far };
    await body(ends, () => proxy.reset()).catch((error) => {
      // A rule that an end broke is most likely why.
      for (const [name, { violations }] of Object.entries(ends)) {
        if (violations.length > 0) error.message += `; the ${name} end: ${violations.join(", ")}`;
      }
      throw error;
    });
    near.destroy();
    far.destroy();
    for (const end of [near, far]) {
      await end.until(() => end.closed, "onClose");
      assert.deepEqual(end.violations, []);
    }
  } finally {
    near?.destroy();
    for (const driver of accepted) driver.destroy();
    await listener.stop();
    proxy.close();
  }
}

/** Writes until the socket takes no more; the peer does not read. */
export async function fill(end: PortDriver): Promise<number> {
  const block = pattern(MIB);
  let sent = 0;
  while (!end.blocked && sent < TOO_MUCH) {
    end.write(block);
    sent += block.byteLength;
    await sleep(0);
    if (end.blocked) {
      // The kernel may have needed a moment; blocked for good is what counts.
      await sleep(100);
    }
  }
  return sent;
}
