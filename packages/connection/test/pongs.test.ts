import { describe, expect, it } from "vitest";
import type { MemorySocket } from "../src/testing/index.ts";
import { head, raw, UPGRADE } from "./_requests.ts";
import { type World, world } from "./_world.ts";

const masked = (first: string, payload: string): string =>
  `${first}${String.fromCharCode(0x80 | payload.length)}\0\0\0\0${payload}`;
const PINGS = [masked("\x89", "1"), masked("\x89", "2"), masked("\x89", "3")];

const WAYS = ["partial", "lent", "always-lent"] as const;

describe("Pongs (RFC 6455 5.5.2)", () => {
  // Deno, workerd and TLS lend every write for a moment; Bun, and TCP on Node, none that the kernel takes.
  it.each(WAYS)("answer each Ping of a peer that reads, in order with the messages: %s", async (backpressure) => {
    // A chunk is a frame: the next is there before the answer to the one before it is taken.
    const memory = { backpressure, chunkSize: PINGS[0]?.length as number };
    const place = world({ message: (socket, message) => void socket.send(message) }, memory);
    const { write, wire } = await peer(place);
    await write(masked("\x81", "a") + PINGS.join("") + masked("\x81", "b"));
    expect(wire()).toBe("\x81\x01a\x8a\x011\x8a\x012\x8a\x013\x81\x01b");
  });

  it.each(WAYS)("answer only the last Ping of a peer that takes nothing (5.5.3): %s", async (backpressure) => {
    const place = world({ message: (socket) => void socket.send("x".repeat(200_000)) }, { backpressure });
    const { socket, write, wire } = await peer(place);
    socket.pause();
    await write(masked("\x81", "a"));
    // So long a runtime may take to tell that bytes are gone.
    await place.clock.advance(20);
    for (const ping of PINGS) await write(ping);
    socket.resume();
    await place.clock.settle();
    expect(wire().slice(-4)).toBe("x\x8a\x013");
  });
});

/** An open connection to a server, written to by hand. */
async function peer(place: World<undefined>): Promise<{
  readonly socket: MemorySocket;
  write(bytes: string): Promise<void>;
  wire(): string;
}> {
  const { socket, answer } = raw(place);
  const write = async (bytes: string): Promise<void> => {
    socket.write(Buffer.from(bytes, "latin1"));
    await place.clock.settle();
  };
  await write(head("GET / HTTP/1.1", UPGRADE));
  return { socket, write, wire: () => answer.text.slice(answer.text.indexOf("\r\n\r\n") + 4) };
}
