import { describe, expect, it } from "vitest";
import type { MemorySocket } from "../src/testing/index.ts";
import { take, world } from "./_world.ts";

const PAGE = 4096;

// docs/decisions/0022-send-phase.md: where memory begins at a page, as the kernel's does.
describe("What is sent lies well apart from its place in the kernel's page", () => {
  for (const borrows of [false, true]) {
    it.each([65_536, 300_000, 1_048_576])(
      `echoing %d bytes, ${borrows ? "lent" : "copied"} by the socket`,
      async (size) => {
        const { clock, connect, sockets } = world(
          { message: (socket, message) => void socket.send(message) },
          { capacity: 16 * 1024 * 1024, chunkSize: 65_536 },
        );
        const socket = await connect();
        const server = Object.assign(sockets[0]?.other as MemorySocket, { borrows });
        let place = 0;
        const behind: number[] = [];
        const { write } = server;
        Object.assign(server, {
          write(bytes: Uint8Array): number {
            if (bytes.length > PAGE) behind.push((((place - bytes.byteOffset) % PAGE) + PAGE) % PAGE);
            place += bytes.length;
            return write.call(server, bytes);
          },
        });
        for (const message of [new Uint8Array(size).fill(7), "x".repeat(size)]) {
          place = 0;
          socket.send(message);
          await clock.settle();
          expect((await take(clock, socket))?.length).toBe(size);
        }
        expect(behind.length).toBeGreaterThan(1);
        for (const distance of behind) expect(distance === 0 || distance > 31).toBe(true);
      },
    );
  }
});
