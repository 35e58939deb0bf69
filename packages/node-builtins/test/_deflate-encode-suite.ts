/** RFC 7692 section 7.2.1 with each engine on each runtime: what is sent, and the memory of both directions. A function of the runner, since vitest runs it too. */
import assert from "node:assert/strict";
import type { MessageExtension } from "@samewire/codec";
import { MemoryBudget } from "@samewire/connection";
import { ENGINES } from "./_deflate-engines.ts";
import { bytesOf, decodeAll, encodeAll, joined, pair, payload, same, serverSide, textOf } from "./_deflate-material.ts";
import type { Runner } from "./_runner.ts";
import { StrictInflater } from "./_strict-inflate.ts";

const NO_TAKEOVER = [
  ["server_no_context_takeover", true],
  ["client_no_context_takeover", true],
] as const;

export function deflateEncodeSuite({ describe, it }: Runner): void {
  for (const { name, engine } of ENGINES) {
    describe(`PerMessageDeflate with ${name}: encode`, () => {
      const HELLO = new TextEncoder().encode("Hello");

      it("sends an empty message as 00, and it leaves no trace", () => {
        const extension = serverSide(engine);
        const first = extension.encode(HELLO, true).slice();
        assert.deepEqual(Uint8Array.from(extension.encode(new Uint8Array(0), true)), bytesOf("00"));
        const strict = new StrictInflater();
        assert.equal(textOf(strict.message(first)), "Hello");
        assert.equal(textOf(strict.message(extension.encode(HELLO, true))), "Hello");
        assert.deepEqual(Uint8Array.from(extension.encode(new Uint8Array(0), false)), new Uint8Array(0));
        assert.deepEqual(Uint8Array.from(extension.encode(new Uint8Array(0), true)), bytesOf("00"));
        extension.release();
      });

      it("ends a stream whose last piece is empty", () => {
        const extension = serverSide(engine);
        const strict = new StrictInflater();
        const compressed = joined([extension.encode(HELLO, false).slice(), extension.encode(new Uint8Array(0), true)]);
        assert.equal(textOf(strict.message(compressed)), "Hello");
        extension.release();
      });

      it("flushes a part whole, and may be idle after it: the message goes on without what was before", () => {
        const message = payload("random", 2000);
        for (const params of [[], NO_TAKEOVER]) {
          const extension = serverSide(engine, params);
          for (const idle of [false, true]) {
            const strict = new StrictInflater();
            const parts: Uint8Array[] = [];
            const part = (piece: Uint8Array, last: boolean): Uint8Array => {
              const output = extension.encode(piece, last, true).slice();
              parts.push(output);
              if (idle) extension.idle();
              return output;
            };
            const first = part(message, false);
            assert.deepEqual(first.subarray(-4), bytesOf("0000ffff"));
            assert.ok(same(strict.message(first.subarray(0, -4)), message), "all of it is there");
            assert.equal(part(new Uint8Array(0), false).length, 0);
            const second = part(message, false);
            assert.equal(second.length < 100, !idle, "it refers to what was before, unless that was given back");
            assert.deepEqual(part(new Uint8Array(0), true), bytesOf("00"));
            const whole = new StrictInflater();
            assert.ok(same(whole.message(joined(parts)), joined([message, message])));
          }
          extension.release();
        }
      });

      it("forgets at the end of a message without takeover, also where the last part is empty", () => {
        const extension = serverSide(engine, NO_TAKEOVER);
        const encoded = [1, 2].map(() => {
          const part = extension.encode(HELLO, false, true).slice();
          extension.encode(new Uint8Array(0), true, true);
          return part;
        });
        assert.deepEqual(encoded[1], encoded[0]);
        extension.release();
      });

      it("tells whose turn it is to call idle() of each use of the compressor, and of nothing else", () => {
        let used = 0;
        const extension = serverSide(engine);
        extension.user = { used: () => void used++ };
        extension.wants(100, false);
        decodeAll(extension, bytesOf("f248cdc9c90700"));
        extension.encode(new Uint8Array(0), true);
        extension.encodeAlone?.(HELLO);
        assert.equal(used, 0);
        extension.encode(HELLO, false);
        extension.encode(HELLO, true);
        assert.equal(used, 2);
        extension.release();
      });

      it("refers to older messages with context takeover only, from the third message on", () => {
        const message = payload("random", 2000);
        const keeping = serverSide(engine);
        const forgetting = serverSide(engine, [["server_no_context_takeover", true]]);
        const sizes = (extension: MessageExtension): number[] =>
          [1, 2, 3, 4].map(() => extension.encode(message, true).length);
        const [first = 0, , third = 0, fourth = 0] = sizes(keeping);
        assert.ok(third < first / 4 && fourth < first / 4);
        assert.equal(new Set(sizes(forgetting)).size, 1);
        // Idle, it forgets: what follows stands alone again.
        keeping.idle();
        const strict = new StrictInflater();
        assert.ok(same(strict.message(keeping.encode(message, true)), message));
        for (const extension of [keeping, forgetting]) extension.release();
      });

      it("DF-10: keeps to the window agreed, with and without takeover", () => {
        for (let bits = 9; bits <= 15; bits += 1) {
          for (const takeover of [true, false]) {
            const extension = serverSide(
              engine,
              [
                ["server_max_window_bits", String(bits)],
                ...(takeover ? [] : [["server_no_context_takeover", true] as const]),
              ],
              { serverMaxWindowBits: 15 },
            );
            const strict = new StrictInflater();
            for (const size of [1, 100, 40_000, 200]) {
              if (!takeover) strict.output.length = 0;
              const message = payload("compressible", size);
              assert.ok(same(strict.message(encodeAll(extension, message, 9000)), message), `2^${bits}, ${size}`);
            }
            assert.ok(strict.largestDistance <= 1 << bits);
            assert.ok(strict.largestDistance > 1 << (bits - 2), `2^${bits} is made use of`);
            extension.release();
          }
        }
      });

      it("encodes a message once for many, whatever each has sent before and sends after", () => {
        const pairs = [1, 2, 3].map(() => pair(engine, engine));
        const own = payload("compressible", 900);
        const news = payload("compressible", 800);
        pairs.forEach(({ server, client }, count) => {
          for (let sent = 0; sent < count * 2; sent += 1)
            assert.ok(same(decodeAll(client, encodeAll(server, own)), own));
        });
        const shared = pairs[0]?.server.encodeAlone?.(news).slice() as Uint8Array;
        assert.equal(new Set(pairs.map(({ server }) => server.shareKey)).size, 1);
        for (const { server, client } of pairs) {
          server.forget?.();
          assert.ok(same(decodeAll(client, shared), news));
          for (const message of [own, news, own])
            assert.ok(same(decodeAll(client, encodeAll(server, message)), message));
          server.release();
          client.release();
        }
        const keys = [{ serverMaxWindowBits: 9 }, { memLevel: 1 }, { level: 7 }, {}].map((options) => {
          const extension = serverSide(engine, [], options);
          extension.release();
          return extension.shareKey;
        });
        assert.equal(new Set(keys).size, 4);
      });

      it("tells what was agreed, and the engine in use", () => {
        const { server, client } = pair(engine, engine, { clientMaxWindowBits: 12 });
        const params = [["client_max_window_bits", "12"]];
        assert.deepEqual(server.agreed, { name: "permessage-deflate", params, engine: name });
        assert.deepEqual(client.agreed, { name: "permessage-deflate", params, engine: name });
        server.release();
        client.release();
      });

      it("decides by the threshold, the caller's word, or that a stream has no length yet", () => {
        const extension = serverSide(engine, [], { threshold: 100 });
        assert.equal(extension.wants(99, undefined), false);
        assert.equal(extension.wants(100, undefined), true);
        assert.equal(extension.wants(undefined, undefined), true);
        assert.equal(extension.wants(99, true), true);
        assert.equal(extension.wants(100, false), false);
        assert.equal(extension.wants(undefined, false), false);
        extension.release();
      });

      it("DF-25: what was not sent compressed leaves no trace", () => {
        const { server, client } = pair(engine, engine, { threshold: 50 });
        const message = payload("compressible", 60);
        for (let count = 0; count < 6; count += 1) {
          assert.equal(server.wants(20, undefined), false);
          assert.ok(same(decodeAll(client, encodeAll(server, message)), message));
        }
        server.release();
        client.release();
      });
    });

    describe(`PerMessageDeflate with ${name}: memory`, () => {
      const deflater = engine.deflaterMemory({ windowBits: 13, level: 1, memLevel: 6 });
      const inflater = engine.inflaterMemory({ windowBits: 15 });
      const message = payload("compressible", 500);
      const compressed = bytesOf("f248cdc9c90700");

      it("RS-14: owes an inflater from the start, keeps a compressor from the second message until idle", () => {
        const budget = new MemoryBudget(64 << 20);
        const extension = serverSide(engine, [], { budget });
        assert.equal(budget.used, inflater);
        extension.encode(message, true);
        assert.equal(budget.used, inflater, "the first is compressed by a lent context");
        extension.encode(message, true);
        assert.equal(budget.used, inflater + deflater);
        decodeAll(extension, compressed);
        assert.equal(budget.used, inflater + deflater);
        extension.idle();
        assert.equal(budget.used, inflater);
        extension.encode(message, true);
        assert.equal(budget.used, inflater, "the first after that, too");
        extension.release();
        extension.release();
        assert.equal(budget.used, 0);
      });

      it("charges the history that outlives final blocks, once, from when there is one", () => {
        const budget = new MemoryBudget(64 << 20);
        const extension = serverSide(engine, [], { budget });
        decodeAll(extension, compressed);
        assert.equal(budget.used, inflater);
        for (let count = 0; count < 2; count += 1) {
          decodeAll(extension, bytesOf("f348cdc9c9070000"));
          assert.equal(budget.used, inflater + 32_768);
        }
        extension.release();
        assert.equal(budget.used, 0);
        const forgetting = serverSide(engine, NO_TAKEOVER, { budget });
        for (let count = 0; count < 2; count += 1) {
          forgetting.decode(bytesOf("f348cdc9c90700"), false, 100);
          assert.equal(budget.used, inflater + 32_768);
          decodeAll(forgetting, bytesOf("00"));
          assert.equal(budget.used, 0);
        }
      });

      it("is inert after its release: nothing is charged that nobody would give back", () => {
        const budget = new MemoryBudget(64 << 20);
        for (const params of [[], NO_TAKEOVER]) {
          const extension = serverSide(engine, params, { budget });
          extension.release();
          assert.equal(textOf(decodeAll(extension, compressed)), "");
          assert.equal(extension.encode(message, false).length, 0);
          assert.equal(extension.encode(message, true).length, 0);
          assert.equal(budget.used, 0);
        }
      });

      it("RS-14: without context takeover holds memory within a message only", () => {
        const budget = new MemoryBudget(64 << 20);
        const extension = serverSide(engine, NO_TAKEOVER, { budget });
        assert.equal(budget.used, 0);
        for (let count = 0; count < 3; count += 1) {
          extension.encode(message, true);
          decodeAll(extension, compressed);
          assert.equal(budget.used, 0);
        }
        extension.encode(message, false);
        extension.decode(bytesOf("f24805000000ffff"), false, 100);
        assert.equal(budget.used, inflater + deflater);
        extension.idle();
        assert.equal(budget.used, inflater + deflater, "a message is in progress in both directions");
        extension.encode(message, true);
        assert.equal(textOf(decodeAll(extension, bytesOf("cac9c90700"))), "llo");
        assert.equal(budget.used, 0);
        extension.release();
        assert.equal(budget.used, 0);
      });

      it("a compressor for which there is no room is lent for each message", () => {
        const budget = new MemoryBudget((inflater + 1000) / 0.75);
        const { server, client } = pair(engine, engine, { budget });
        assert.deepEqual(server.agreed.params, []);
        for (let count = 0; count < 4; count += 1) {
          assert.ok(same(decodeAll(client, encodeAll(server, message)), message));
          assert.equal(budget.used, inflater);
        }
        server.release();
        client.release();
        assert.equal(budget.used, 0);
      });

      it("beyond three quarters of the budget agrees without takeover, beyond all of it declines", () => {
        const budget = new MemoryBudget(inflater * 4);
        const agreed = [1, 2, 3, 4].map(() => serverSide(engine, [], { budget }));
        assert.deepEqual(
          agreed.map((extension) => extension.agreed.params.length),
          [0, 0, 0, 2],
        );
        budget.charge(inflater);
        assert.throws(() => serverSide(engine, [], { budget }), /memory-budget/);
        budget.refund(inflater);
        for (const extension of agreed) extension.release();
        assert.equal(budget.used, 0);
        serverSide(engine, [], { budget }).release();
      });
    });
  }
}
