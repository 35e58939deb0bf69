import { describe, expect, it, vi } from "vitest";
import { take, wireOf, world } from "./_world.ts";

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function* parts(text: string): AsyncGenerator<string> {
  yield text;
}

describe("Outgoing", () => {
  it("a source that fails half-way: nothing follows but the Close frame, whatever waits or is sent then (5.4)", async () => {
    const settled: string[] = [];
    const place = world({
      message(socket) {
        const half = (async function* () {
          yield "half";
          await nextTurn();
          throw new Error("no more");
        })();
        socket.send(half).catch(() => settled.push("broken off"));
        socket.send("waits");
        socket.send(new Uint8Array(100));
        socket.send(parts("queued")).catch(() => settled.push("dropped"));
      },
      error(socket) {
        settled.push(`send ${socket.send("late")}`);
        socket.send(parts("late")).catch(() => settled.push("late dropped"));
      },
    });
    const { clock, connect } = place;
    const socket = await connect();
    const wire = wireOf(place);
    socket.send("go");
    for (let i = 0; i < 5; i++) {
      await nextTurn();
      await clock.settle();
    }
    expect(wire.join("")).toBe("\x01\x04half\x88\x02\x03\xf3");
    expect(settled.sort()).toEqual(["broken off", "dropped", "late dropped", "send false"]);
  });

  it("a source that fails half-way is told to the error handler once, whether its send is awaited or not", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    for (const awaited of [true, false]) {
      const errors: unknown[] = [];
      const { clock, connect } = world({
        async message(socket) {
          const sending = socket.send(
            (async function* () {
              yield "half";
              throw "no more";
            })(),
          );
          if (awaited) await sending;
        },
        error: (_socket, error) => void errors.push(error),
      });
      const socket = await connect();
      socket.send("go");
      for (let i = 0; i < 5; i++) {
        await nextTurn();
        await clock.settle();
      }
      expect(errors).toEqual(["no more"]);
    }
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it("what waits behind a stream, however much, does not hold it up", async () => {
    const { clock, connect } = world({
      open(socket) {
        void socket.send(
          (async function* () {
            for (let i = 0; i < 3; i++) {
              await nextTurn();
              yield new Uint8Array(50_000);
            }
          })(),
        );
        for (let i = 0; i < 5; i++) expect(socket.send(new Uint8Array(30_000))).toBe(i < 2);
      },
    });
    const socket = await connect();
    const sizes: (number | undefined)[] = [];
    const reading = (async () => {
      for (let i = 0; i < 6; i++) sizes.push((await socket.receive())?.length);
    })();
    for (let turn = 0; turn < 100 && sizes.length < 6; turn++) {
      await nextTurn();
      await clock.settle();
    }
    expect(sizes).toEqual([150_000, 30_000, 30_000, 30_000, 30_000, 30_000]);
    await reading;
  });

  it("a source that cannot be read rejects and changes nothing, at once and when it had to wait", async () => {
    const { clock, connect, core } = world({ message: (socket, message) => void socket.send(message) });
    const socket = await connect();
    const locked = new ReadableStream<string>();
    locked.getReader();
    for (const before of [undefined, parts("first")]) {
      const first = before === undefined ? undefined : socket.send(before);
      const sending = socket.send(locked as never);
      socket.send("after");
      await Promise.all([expect(sending).rejects.toBeInstanceOf(TypeError), clock.settle()]);
      await first;
      if (before !== undefined) expect(await take(clock, socket)).toBe("first");
      expect(await take(clock, socket)).toBe("after");
      expect(socket.bufferedAmount).toBe(0);
    }
    expect(core.connectionCount).toBe(1);
  });

  it("a source whose part cannot be sent is told that no more is wanted", async () => {
    const { connect, clock } = world({});
    const socket = await connect();
    let told = false;
    const source = (async function* () {
      try {
        yield "text";
        yield new Uint8Array(1);
      } finally {
        told = true;
      }
    })();
    const sending = socket.send(source as never) as unknown as Promise<void>;
    await expect(sending).rejects.toThrow("all strings or all bytes");
    await clock.settle();
    expect(told).toBe(true);
  });

  it("a source that throws when it is given up holds up no closing", async () => {
    const { clock, connect, core } = world({ message: () => {} });
    const socket = await connect();
    const sending = socket.send({
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => {}),
        return: () => {
          throw new Error("never");
        },
      }),
    });
    await clock.settle();
    const closed = socket.close();
    await Promise.all([expect(sending).rejects.toThrow("closed"), clock.settle()]);
    expect(await closed).toMatchObject({ clean: true });
    expect(core.connectionCount).toBe(0);
  });

  for (const end of ["close", "terminate"] as const) {
    it(`${end}() settles the streams that wait, and no longer counts them`, async () => {
      const { clock, connect } = world({ message: () => {} });
      const socket = await connect();
      const under = socket.send(
        (async function* () {
          yield "part";
          await new Promise(() => {});
        })(),
      );
      const queued = [socket.send(parts("a")), socket.send(parts("b"))];
      socket.send("waits");
      await clock.settle();
      // Each counts for what it is beside its bytes.
      expect(socket.bufferedAmount).toBe(5 + 3 * 256);
      void socket[end]();
      for (const sending of [under, ...queued]) await expect(sending).rejects.toThrow("closed");
      await clock.settle();
      expect(socket.bufferedAmount).toBe(0);
    });
  }

  for (const [end, cause] of Object.entries({
    "a reset": { message: "connection reset" },
    "a rule that the peer breaks": { code: "mask-required" },
    "a deadline": { message: "the peer did not answer a Ping within pongTimeout" },
  })) {
    it(`${end}: each stream rejects with the error that ends the connection as its cause`, async () => {
      const sendings: Promise<void>[] = [];
      const errors: unknown[] = [];
      const { clock, connect, core, sockets } = world({
        pingInterval: end === "a deadline" ? 1000 : 0,
        open(socket) {
          const under = (async function* () {
            yield "part";
            await new Promise(() => {});
          })();
          sendings.push(socket.send(under), socket.send(parts("waits")));
        },
        message: () => {},
        close(socket, { error }) {
          sendings.push(socket.send(parts("late")));
          errors.push(error);
        },
      });
      await connect({ autoPong: false });
      await clock.settle();
      const [client] = sockets;
      const [connection] = core.connections;
      if (client === undefined || connection === undefined) throw new Error("no connection");
      if (end === "a reset") client.reset();
      else if (end === "a deadline") {
        client.pause();
        await clock.advance(30_000);
      } else client.write(Uint8Array.of(0x81, 0));
      await clock.settle();
      expect(errors).toEqual([expect.objectContaining(cause)]);
      expect(sendings).toHaveLength(3);
      for (const sending of sendings) {
        const error: unknown = await sending.catch((reason: unknown) => reason);
        expect(error).toMatchObject({ message: expect.stringContaining("closed"), cause: errors[0] });
      }
    });
  }

  it("a stream that the application's own close breaks off has no cause", async () => {
    const { clock, connect } = world({ message: () => {} });
    const socket = await connect();
    const sending = socket.send(new ReadableStream<string>());
    void socket.close();
    const error: unknown = await sending.catch((reason: unknown) => reason);
    expect(error).not.toHaveProperty("cause");
    await clock.settle();
  });

  it("tells of room again where streams that wait were all that left none", async () => {
    const log: string[] = [];
    let goOn = (): void => {};
    const { clock, connect } = world({
      maxBufferedAmount: 400,
      overflow: "drop",
      open(socket) {
        void socket.send(
          (async function* () {
            await new Promise<void>((resolve) => (goOn = resolve));
            yield "first";
          })(),
        );
        for (const text of ["second", "third"]) void socket.send(parts(text));
        log.push(`send ${socket.send("dropped")}`);
      },
      drain: () => void log.push("drain"),
    });
    const socket = await connect();
    goOn();
    for (const text of ["first", "second", "third"]) expect(await take(clock, socket)).toBe(text);
    expect(log).toEqual(["send false", "drain"]);
  });

  it("nobody must handle that the connection was closed", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const { clock, connect } = world({ message: () => {} });
    const socket = await connect();
    for (let i = 0; i < 2; i++) {
      void socket.send(
        (async function* () {
          yield "part";
          await new Promise(() => {});
        })(),
      );
    }
    await clock.settle();
    void socket.close();
    void socket.send(parts("late"));
    await nextTurn();
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});
