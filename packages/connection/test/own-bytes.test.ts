import { describe, expect, it } from "vitest";
import { prepare } from "../src/index.ts";
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
