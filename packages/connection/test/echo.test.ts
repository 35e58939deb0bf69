import { describe, expect, it } from "vitest";
import { world } from "./_world.ts";

describe("connection", () => {
  it("echoes text and binary of every length class", async () => {
    const { clock, connect } = world({
      message: (socket, message) => {
        socket.send(message);
      },
    });
    const socket = await connect();
    for (const length of [0, 1, 125, 126, 65535, 65536, 200_000]) {
      socket.send("x".repeat(length));
      socket.send(new Uint8Array(length).fill(7));
      await clock.settle();
      for (const expected of ["x".repeat(length), new Uint8Array(length).fill(7)]) {
        const received = socket.receive();
        await clock.settle();
        const message = await received;
        expect(typeof message).toBe(typeof expected);
        expect(Buffer.compare(Buffer.from(message as string), Buffer.from(expected))).toBe(0);
      }
    }
    const closed = socket.close(1000, "bye");
    await clock.settle();
    expect(await closed).toMatchObject({ code: 1000, clean: true });
  });
});
