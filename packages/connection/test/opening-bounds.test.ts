/** What streams may cost that are no connection: not yet, or never. */
import { describe, expect, it } from "vitest";
import { raw } from "./_requests.ts";
import { world } from "./_world.ts";

describe("ServerCore", () => {
  it("counts no stream that lingers as a connection, and lets none pile up", async () => {
    const place = world({ maxConnections: 2, message: () => {} });
    const sockets = [await place.connect(), await place.connect()];
    const refused = Array.from({ length: 100 }, () => raw(place));
    await place.clock.settle();
    const answers = refused.filter(({ answer }) => answer.text.startsWith("HTTP/1.1 503 "));
    expect(answers.length).toBe(64);
    expect(refused.filter(({ socket }) => !socket.other.closed).length).toBe(64);
    for (const socket of sockets) void socket.close();
    await place.clock.settle();
    expect((await place.connect()).state).toBe("open");
    expect((await place.connect()).state).toBe("open");
    await expect(place.connect()).rejects.toMatchObject({ response: { status: 503 } });
    await place.clock.advance(2000);
    expect(place.sockets.filter(({ other }) => !other.closed).length).toBe(2);
  });

  it("cuts off who has lingered longest where more have an answer than may linger", async () => {
    const place = world({ maxConnections: 2 });
    const streams = [];
    for (let count = 0; count < 70; count++) {
      const stream = raw(place);
      stream.socket.write(Buffer.from("nonsense\r\n"));
      await place.clock.settle();
      streams.push(stream);
    }
    expect(streams.every(({ answer }) => answer.text.startsWith("HTTP/1.1 400 "))).toBe(true);
    expect(streams.map(({ socket }) => socket.other.closed)).toEqual(streams.map((_, index) => index < 6));
  });
});
