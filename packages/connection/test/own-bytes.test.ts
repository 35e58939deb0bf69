import { describe, expect, it } from "vitest";
import { type CloseInfo, prepare } from "../src/index.ts";
import { world } from "./_world.ts";

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("bytes that are the caller's again after the call", () => {
  const bytesOf = {
    "a Uint8Array": (size: number) => new Uint8Array(size).fill(1),
    "Node's Buffer": (size: number) => Buffer.alloc(size, 1),
    "a DataView": (size: number) => new DataView(new Uint8Array(size).fill(1).buffer),
  };
  const overwrite = (view: ArrayBufferView): void => {
    new Uint8Array(view.buffer, view.byteOffset, view.byteLength).fill(2);
  };

  for (const [kind, make] of Object.entries(bytesOf)) {
    it(`${kind}: behind a stream, prepared, and compressed in slices`, async () => {
      const { clock, connect } = world({
        maxMessageSize: 1 << 20,
        compression: { threshold: 0 },
        async open(socket) {
          const behind = make(100);
          const long = make(200_000);
          const stream = socket.send(
            (async function* () {
              yield "a";
              await nextTurn();
              yield "b";
            })(),
          );
          socket.send(behind, { compress: false });
          socket.send(long);
          overwrite(behind);
          overwrite(long);
          await stream;
          const source = make(300);
          const prepared = prepare(source);
          overwrite(source);
          socket.send(prepared);
          const sliced = make(200_000);
          socket.send(sliced);
          overwrite(sliced);
        },
      });
      const socket = await connect({ compression: { threshold: 0 } });
      const received: (string | number)[] = [];
      const reading = (async () => {
        for (let i = 0; i < 5; i++) {
          const message = await socket.receive();
          received.push(typeof message === "string" ? message : (message?.filter((octet) => octet === 1).length ?? -1));
        }
      })();
      for (let turn = 0; turn < 1000 && received.length < 5; turn++) {
        await nextTurn();
        await clock.settle();
      }
      if (received.length === 5) await reading;
      expect(received).toEqual(["ab", 100, 200_000, 300, 200_000]);
    });
  }
});

describe("the payload of a Ping or a Pong", () => {
  it("is the handler's own, also when the chunk that it came in is long gone", async () => {
    const seen: [string, Uint8Array][] = [];
    const { clock, connect } = world({
      message: () => {},
      ping: (_socket, payload) => void seen.push(["ping", payload]),
      pong: (_socket, payload) => void seen.push(["pong", payload]),
    });
    const socket = await connect();
    socket.ping("one");
    socket.pong("two");
    await clock.settle();
    socket.send("overwrites");
    await clock.settle();
    expect(seen.map(([of, payload]) => `${of} ${Buffer.from(payload)}`)).toEqual(["ping one", "pong two"]);
  });

  it("is what is answered, also where the answer waits for a peer that takes nothing (5.5.3)", async () => {
    const pongs: string[] = [];
    const { clock, connect, core, sockets } = world({ message: () => {} });
    const socket = await connect({ pong: (_socket, payload) => void pongs.push(Buffer.from(payload).toString()) });
    const [server] = core.connections;
    sockets[0]?.pause();
    server?.send(new Uint8Array(1024 * 1024));
    await clock.settle();
    for (const payload of ["one", "two", "last"]) socket.ping(payload);
    await clock.settle();
    sockets[0]?.resume();
    await clock.settle();
    expect(pongs).toEqual(["last"]);
  });
});

/** A buffer as later versions of the language have it. */
type Resizable = ArrayBuffer & { resize(length: number): void };
const Resizable = ArrayBuffer as unknown as new (length: number, options: { maxByteLength: number }) => Resizable;

const WAYS: Readonly<Record<string, (bytes: Uint8Array) => void>> = {
  transferred: ({ buffer }) => void structuredClone(buffer, { transfer: [buffer as ArrayBuffer] }),
  resized: ({ buffer }) => (buffer as Resizable).resize(100_000),
};

describe("memory that an application uses again, or gives away", () => {
  it.each(["partial", "lent"] as const)(
    "parts of a stream in one buffer arrive as they were, %s",
    async (backpressure) => {
      for (const size of [8_192, 20_000, 65_536, 200_000]) {
        const count = Math.ceil(400_000 / size);
        const { clock, connect, sockets } = world(
          {
            open(socket) {
              const buffer = new Uint8Array(size);
              const parts = (async function* () {
                for (let i = 1; i <= count; i++) yield buffer.fill(i);
              })();
              void socket.send(parts);
            },
          },
          { backpressure, capacity: 50_000 },
        );
        const socket = await connect({ maxMessageSize: 1 << 20 });
        sockets[0]?.pause();
        await clock.settle();
        sockets[0]?.resume();
        const received = socket.receive();
        await clock.settle();
        const message = (await received) as Uint8Array;
        expect(message).toHaveLength(size * count);
        for (let i = 0; i < count; i++) {
          const part = message.subarray(i * size, (i + 1) * size);
          expect(part.every((octet) => octet === i + 1)).toBe(true);
        }
      }
    },
  );

  it.each(
    (["partial", "lent"] as const).flatMap((backpressure) =>
      [0, 1].flatMap((before) => Object.keys(WAYS).map((way) => ({ backpressure, before, way }))),
    ),
  )("given away while it waits ends its connection alone, %j", async ({ backpressure, before, way }) => {
    const lose = WAYS[way] as (bytes: Uint8Array) => void;
    const infos: CloseInfo[] = [];
    const { clock, connect, core, sockets } = world(
      { close: (_socket, info) => void infos.push(info) },
      { backpressure },
    );
    await connect();
    const other = await connect();
    const [torn, whole] = core.connections;
    sockets[0]?.pause();
    torn?.send(new Uint8Array(200_000));
    for (let i = 0; i < before; i++) torn?.send(new Uint8Array(20_000));
    const away = new Uint8Array(new Resizable(300_000, { maxByteLength: 300_000 }));
    torn?.send(away);
    lose(away);
    sockets[0]?.resume();
    await clock.settle();
    expect(infos).toMatchObject([{ code: 1006, error: { message: expect.stringContaining("detached") } }]);
    whole?.send("still here");
    const received = other.receive();
    await clock.settle();
    expect(await received).toBe("still here");
  });
});
