import { describe, expect, it } from "vitest";
import { type ServerOptions, UsageError, type WebSocketConnection } from "../src/index.ts";
import { head, raw, UPGRADE } from "./_requests.ts";
import { world } from "./_world.ts";

const TEXT_START = "\x01\x81\0\0\0\0";
const TEXT_END = "\x80\x81\0\0\0\0";

/** A server with an open connection, whose peer writes frames by hand. */
async function opened(options: ServerOptions<undefined>) {
  const place = world(options);
  const { socket, answer } = raw(place);
  const write = async (bytes: string): Promise<void> => {
    socket.write(Buffer.from(bytes, "latin1"));
    await place.clock.settle();
  };
  await write(head("GET / HTTP/1.1", UPGRADE));
  const [connection] = place.core.connections;
  return { ...place, socket, answer, write, connection: connection as WebSocketConnection };
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of chunks) text += Buffer.from(chunk).toString();
  return text;
}

describe("a message of which a part had come", () => {
  for (const end of ["abort", "return"] as const) {
    it(`while open waited for a whole one goes to the stream handler (${end})`, async () => {
      const log: string[] = [];
      const asking = new AbortController();
      let leave = (): void => {};
      const { write, clock } = await opened({
        async open(socket) {
          const receiving = socket.receive({ signal: asking.signal }).catch((error) => log.push(error.name));
          await (end === "abort" ? receiving : new Promise<void>((resolve) => (leave = resolve)));
        },
        async stream(_socket, stream) {
          log.push(`${stream.kind} ${await textOf(stream)}`);
        },
      });
      await write(`${TEXT_START}a`);
      asking.abort();
      leave();
      await clock.settle();
      await write(`${TEXT_END}b\x81\x81\0\0\0\0c`);
      expect(log).toEqual(["AbortError", "text ab", "text c"]);
    });
  }

  it("as a stream is the next one's who asks, where the one who wanted it whole gave up", async () => {
    const { write, connection } = await opened({});
    const first = connection.receiveStream();
    await write("\x81\x81\0\0\0\0x");
    expect(await textOf((await first) as AsyncIterable<Uint8Array>)).toBe("x");
    await write(`${TEXT_START}a`);
    const asking = new AbortController();
    const given = connection.receive({ signal: asking.signal });
    asking.abort(new Error("enough"));
    await expect(given).rejects.toThrow("enough");
    const next = connection.receive();
    await write(`${TEXT_END}b\x81\x81\0\0\0\0c`);
    expect(await next).toBe("ab");
    expect(await connection.receive()).toBe("c");
  });

  it("that was to come goes as a stream to who asked for one, however long, once the one who waited for it whole has given up", async () => {
    const { write, connection } = await opened({ maxMessageSize: 1 });
    const asking = new AbortController();
    const whole = connection.receive({ signal: asking.signal });
    const stream = connection.receiveStream();
    asking.abort();
    await expect(whole).rejects.toThrow();
    await write("\x81\x82\0\0\0\0ab");
    expect(await textOf((await stream) as AsyncIterable<Uint8Array>)).toBe("ab");
  });

  it("as a stream goes to the handler once it is whole, where open had asked for it whole and gave up", async () => {
    const log: string[] = [];
    const asking = new AbortController();
    const { write, clock } = await opened({
      // No more than just as long as it may be.
      maxMessageSize: 2,
      async open(socket) {
        log.push(await textOf((await socket.receiveStream()) as AsyncIterable<Uint8Array>));
        await socket.receive({ signal: asking.signal }).catch((error) => log.push(error.name));
      },
      stream: async (_socket, stream) => void log.push(`stream ${await textOf(stream)}`),
    });
    await write(`\x81\x81\0\0\0\0x${TEXT_START}a`);
    asking.abort();
    await clock.settle();
    await write(`${TEXT_END}b\x81\x81\0\0\0\0c`);
    expect(log).toEqual(["x", "AbortError", "stream ab", "stream c"]);
  });

  it("as a stream ends a loop over whole ones without a throw when the peer is lost within it", async () => {
    const { write, connection, socket, clock } = await opened({});
    const first = connection.receiveStream();
    await write("\x81\x81\0\0\0\0x");
    await textOf((await first) as AsyncIterable<Uint8Array>);
    await write(`${TEXT_START}a`);
    const seen: unknown[] = [];
    const loop = (async () => {
      for await (const message of connection) seen.push(message);
    })();
    await clock.settle();
    socket.reset();
    await clock.settle();
    await loop;
    expect(seen).toEqual([]);
    expect(await connection.closed).toMatchObject({ code: 1006 });
  });

  it("as a stream that is longer than maxMessageSize is refused to who wanted it whole, and the next is given", async () => {
    const { write, connection } = await opened({ maxMessageSize: 1 });
    const first = connection.receiveStream();
    await write("\x81\x81\0\0\0\0x");
    await textOf((await first) as AsyncIterable<Uint8Array>);
    await write(`${TEXT_START}a`);
    const whole = connection.receive();
    whole.catch(() => {});
    await write(`${TEXT_END}b\x81\x81\0\0\0\0c`);
    await expect(whole).rejects.toThrow(RangeError);
    expect(await connection.receive()).toBe("c");
  });
});

describe("close() within a stream handler", () => {
  it("ends the handler's loop at once, and is no error of the application's", async () => {
    const log: string[] = [];
    const { write, answer, connection } = await opened({
      async stream(socket, stream) {
        try {
          for await (const chunk of stream) {
            log.push(`chunk of ${chunk.length}`);
            void socket.close(4000);
          }
        } finally {
          log.push("left");
        }
      },
      error: (_socket, error) => void log.push(`error ${error}`),
    });
    await write(`${TEXT_START}a`);
    expect(log).toEqual(["chunk of 1", "left"]);
    expect(answer.text.endsWith("\x88\x02\x0f\xa0")).toBe(true);
    // What still comes of the message is dropped.
    await write("\x00\x81\0\0\0\0b\x88\x82\0\0\0\0\x0f\xa0");
    expect(await connection.closed).toMatchObject({ code: 4000, clean: true, error: undefined });
    expect(log).toEqual(["chunk of 1", "left"]);
  });
});

it("publish refuses what is no message, whether or not somebody listens", () => {
  const { core } = world({});
  expect(() => core.publish("nobody", 5 as unknown as string)).toThrow(UsageError);
});

describe("a stream that is sent on", () => {
  it("is the text or the binary that it was, also an empty one", async () => {
    const { clock, connect } = world({ stream: (socket, stream) => socket.send(stream) });
    const client = await connect();
    for (const message of ["tsch\u00fc\u00df", "", new Uint8Array([1, 2])]) {
      client.send(message);
      const received = client.receive();
      await clock.settle();
      await new Promise((resolve) => setImmediate(resolve));
      await clock.settle();
      expect(await received).toEqual(message);
    }
  });
});
