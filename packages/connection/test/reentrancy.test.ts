/** What the application does from within its own getters and iterators, while the connection is looking at them. */
import { describe, expect, it } from "vitest";
import type { WebSocketConnection } from "../src/index.ts";
import { wireOf, world } from "./_world.ts";

/** A source that does something when it is asked for its iterator. */
function sourceThat(act: () => void, parts: readonly string[], ended?: () => void): AsyncIterable<string> {
  return {
    [Symbol.asyncIterator]() {
      act();
      return (async function* () {
        try {
          yield* parts;
        } finally {
          ended?.();
        }
      })();
    },
  };
}

/** What the server sends, and how its streams end, where `act` happens while one of them is asked for its iterator. */
async function beginning(act: (socket: WebSocketConnection) => void): Promise<{ wire: string; ends: string[] }> {
  const ends: string[] = [];
  const place = world({
    message(socket) {
      const source = sourceThat(() => act(socket), ["a", "b"]);
      socket.send(source).then(
        () => ends.push("sent"),
        () => ends.push("broken off"),
      );
    },
  });
  const { clock, connect } = place;
  const socket = await connect();
  const wire = wireOf(place);
  socket.send("go");
  await clock.settle();
  return { wire: wire.join(""), ends };
}

describe("A source that uses its connection", () => {
  it("sends while it is asked for its iterator: one message after the other (5.4)", async () => {
    const { wire, ends } = await beginning((socket) => {
      void socket.send(sourceThat(() => {}, ["x", "y"]));
      socket.send("z");
    });
    expect(wire).toBe("\x01\x01a\x00\x01b\x80\x00\x01\x01x\x00\x01y\x80\x00\x81\x01z");
    expect(ends).toEqual(["sent"]);
  });

  it("closes while it is asked for its iterator: nothing of it is sent", async () => {
    const { wire, ends } = await beginning((socket) => void socket.close(4000));
    expect(wire).toBe("\x88\x02\x0f\xa0");
    expect(ends).toEqual(["broken off"]);
  });

  it("terminates while it is asked for its iterator: it is asked for no part, and told that it is over", async () => {
    const { clock, connect } = world();
    const socket = await connect();
    const told: string[] = [];
    const source: AsyncIterable<string> = {
      [Symbol.asyncIterator]() {
        socket.terminate();
        return {
          next: async () => ({ done: told.push("next") > 5, value: "part" }),
          return: async () => {
            told.push("return");
            return { done: true, value: undefined };
          },
        };
      },
    };
    await expect(socket.send(source)).rejects.toThrow("closed");
    await clock.settle();
    expect(told).toEqual(["return"]);
  });

  it.each(["done", "value"])("closes in the getter of `%s`: nothing follows the Close frame", async (name) => {
    const place = world({
      async message(socket) {
        const result = Object.defineProperty({ done: name === "done", value: "part" }, name, {
          get() {
            void socket.close(4000);
            return name === "done" ? true : "part";
          },
        });
        const next = async (): Promise<never> => result as never;
        await expect(socket.send({ [Symbol.asyncIterator]: () => ({ next }) })).rejects.toThrow("closed");
      },
    });
    const { clock, connect } = place;
    const socket = await connect();
    const wire = wireOf(place);
    socket.send("go");
    await clock.settle();
    expect(wire.join("")).toBe("\x88\x02\x0f\xa0");
  });
});

describe("A ReadableStream that is being sent", () => {
  it("closes while it is pulled: it is cancelled", async () => {
    const told: string[] = [];
    const { clock, connect } = world();
    const socket = await connect();
    const source = new ReadableStream<string>(
      {
        pull(controller) {
          if (told.push("pull") === 2) void socket.close();
          controller.enqueue("part");
        },
        cancel: () => void told.push("cancel"),
      },
      { highWaterMark: 0 },
    );
    await Promise.all([expect(socket.send(source)).rejects.toThrow("closed"), clock.settle()]);
    await clock.settle();
    expect(told).toEqual(["pull", "pull", "cancel"]);
  });
});

describe("A loop over the messages", () => {
  it("that an error has ended is left: what nobody comes for does not hold back the answer to a Close frame", async () => {
    const errors: unknown[] = [];
    const place = world({
      maxMessageSize: 10,
      open(socket) {
        void (async () => {
          await (await socket.receiveStream())?.bytes();
          for await (const message of socket) void message;
        })().catch((error) => errors.push(error));
      },
    });
    const { clock, connect } = place;
    const socket = await connect();
    socket.send("first");
    socket.send("x".repeat(20));
    await clock.settle();
    expect(errors).toEqual([expect.any(RangeError)]);
    socket.send("last");
    const closing = socket.close(4000);
    await clock.settle();
    expect(socket.state).toBe("closed");
    expect(await closing).toMatchObject({ code: 4000, clean: true });
  });
});
