/** RFC 7692 section 7.2 with each engine on each runtime: the DF and RS rows that need no socket. A function of the runner, since vitest runs it too. */
import assert from "node:assert/strict";
import { type MessageExtension, ProtocolError } from "@samewire/codec";
import { MemoryBudget } from "@samewire/connection";
import {
  bytesOf,
  decodeAll,
  ENGINES,
  encodeAll,
  joined,
  pair,
  payload,
  same,
  serverSide,
  textOf,
} from "./_deflate-material.ts";
import type { Runner } from "./_runner.ts";
import { StrictInflater } from "./_strict-inflate.ts";

const NO_TAKEOVER = [
  ["server_no_context_takeover", true],
  ["client_no_context_takeover", true],
] as const;

/** The decoded text, or the code of the fault. */
function outcome(extension: MessageExtension, hex: string): string {
  try {
    return textOf(decodeAll(extension, bytesOf(hex)));
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
}

export function permessageDeflateSuite({ describe, it }: Runner): void {
  for (const { name, engine } of ENGINES) {
    describe(`PerMessageDeflate with ${name}: decode`, () => {
      it("DF-11, DF-14: inflates section 7.2.3.1, and with context takeover 7.2.3.2", () => {
        const extension = serverSide(engine);
        assert.equal(outcome(extension, "f248cdc9c90700"), "Hello");
        assert.equal(outcome(extension, "f200110000"), "Hello");
        extension.release();
      });

      it("DF-15: fails with 1007 where a message refers to a history that was agreed not to be", () => {
        const extension = serverSide(engine, NO_TAKEOVER);
        assert.equal(outcome(extension, "f248cdc9c90700"), "Hello");
        const fault = extension.decode(bytesOf("f200110000"), true, 100);
        assert.ok(fault instanceof ProtocolError);
        assert.equal(fault.code, "deflate-invalid");
        assert.equal(fault.closeCode, 1007);
        extension.release();
      });

      it("reads stored blocks (7.2.3.3), several blocks (7.2.3.5), and empty messages (7.2.3.6)", () => {
        const extension = serverSide(engine);
        assert.equal(outcome(extension, "000500faff48656c6c6f00"), "Hello");
        assert.equal(outcome(extension, "f24805000000ffffcac9c90700"), "Hello");
        assert.equal(outcome(extension, "00"), "");
        assert.equal(outcome(extension, "f200110000"), "Hello", "none of them lost the history");
        extension.release();
      });

      it("DF-17: takes a compressed message without payload as empty, and keeps the history", () => {
        const extension = serverSide(engine);
        assert.equal(outcome(extension, "f248cdc9c90700"), "Hello");
        assert.equal(outcome(extension, ""), "");
        assert.equal(outcome(extension, "f200110000"), "Hello");
        extension.release();
      });

      it("DF-12: reads on after blocks with BFINAL set (7.2.3.4), which leave the history as it is", () => {
        for (const params of [[], NO_TAKEOVER]) {
          const extension = serverSide(engine, params);
          assert.equal(outcome(extension, "f348cdc9c9070000"), "Hello");
          assert.equal(outcome(extension, "f248cdc9c90700"), "Hello");
          assert.equal(outcome(extension, "f348cdc9c9070000"), "Hello");
          assert.equal(outcome(extension, "f200110000"), params.length === 0 ? "Hello" : "deflate-invalid");
          extension.release();
        }
      });

      it("reads on after BFINAL within a message, and takes it as an end without the octet that should follow", () => {
        const extension = serverSide(engine);
        assert.equal(outcome(extension, "f248cdc9c90700"), "Hello");
        // A final block, one that refers to the message before it, and a final block again.
        assert.equal(outcome(extension, "f348cdc9c90700f3001100f348cdc9c90700"), "HelloHelloHello");
        assert.equal(outcome(extension, "f200110000"), "Hello");
        extension.release();
      });

      it("reads on after a final block that is not the first; only the history of before it is then lost", () => {
      const extension = serverSide(engine);
      assert.equal(outcome(extension, "f24805000000ffffcbc9c9070000"), "Hello");
      assert.equal(outcome(extension, "f248cdc9c90700"), "Hello");
      assert.equal(outcome(extension, "f200110000"), "Hello");
      assert.equal(outcome(extension, "f24805000000ffffcbc9c907"), "Hello");
      assert.equal(outcome(extension, "f200110000"), "deflate-invalid");
      extension.release();
    });

    it("carries a whole window over BFINAL, whatever its fill", () => {
        for (const size of [1, 2, 3, 5, 258, 300, 519, 4096, 30_000, 32_763, 32_768, 70_000]) {
          const message = payload("random", size);
          const deflater = engine.createDeflater({ windowBits: 15, level: 6, memLevel: 8 });
          const first = deflater.deflate(message, true).slice();
          // The peer's compressor goes through "Hello" as well, only that it is sent as a final block.
          deflater.deflate(bytesOf("48656c6c6f"), true);
          const second = deflater.deflate(message, true).slice();
          const extension = serverSide(engine);
          assert.ok(same(decodeAll(extension, first), message));
          assert.equal(outcome(extension, "f348cdc9c9070000"), "Hello");
          assert.ok(same(decodeAll(extension, second), message), `${size}`);
          if (size > 200 && size < 32_000) assert.ok(second.length < size / 4, "it refers to before the final block");
          extension.release();
          deflater.release();
        }
      });

      it("DF-24: gives the same whatever the pieces, empty ones too", () => {
        const compressed = "f24805000000ffffcac9c90700";
        for (let split = 0; split <= compressed.length / 2; split += 1) {
          const extension = serverSide(engine);
          const bytes = bytesOf(compressed);
          const pieces: Uint8Array[] = [];
          for (const piece of [bytes.subarray(0, split), new Uint8Array(0), bytes.subarray(split)]) {
            const output = extension.decode(piece, false, 100);
            assert.ok(output instanceof Uint8Array);
            pieces.push(output.slice());
          }
          const end = extension.decode(new Uint8Array(0), true, 100);
          assert.ok(end instanceof Uint8Array);
          assert.equal(textOf(joined([...pieces, end])), "Hello", `split at ${split}`);
          assert.equal(outcome(extension, "f200110000"), "Hello");
          extension.release();
        }
      });

      it("DF-24: gives the same for BFINAL split at each byte", () => {
        const bytes = bytesOf("f348cdc9c90700f348cdc9c9070000");
        for (let split = 0; split <= bytes.length; split += 1) {
          const extension = serverSide(engine);
          const whole: Uint8Array[] = [];
          for (const [piece, last] of [
            [bytes.subarray(0, split), false],
            [bytes.subarray(split), true],
          ] as const) {
            let next: Uint8Array = piece;
            do {
              const output = extension.decode(next, last, 3);
              assert.ok(output instanceof Uint8Array, `split at ${split}`);
              whole.push(output.slice());
              next = new Uint8Array(0);
            } while (extension.pending);
          }
          assert.equal(textOf(joined(whole)), "HelloHello", `split at ${split}`);
          assert.equal(outcome(extension, "f200110000"), "Hello");
          extension.release();
        }
      });

      it("answers garbage with a declared fault or with other bytes, and never throws", () => {
        const seeds = ["f248cdc9c90700", "f348cdc9c9070000", "f24805000000ffffcac9c90700", "000500faff48656c6c6f00"];
        let state = 7;
        const random = (below: number): number => {
          state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
          return (state >>> 8) % below;
        };
        const faults = new Set<string>();
        for (let round = 0; round < 1500; round += 1) {
          const extension = serverSide(engine);
          for (let count = 0; count < 4; count += 1) {
            const message = bytesOf(seeds[random(seeds.length)] as string);
            for (let change = random(3); change > 0; change -= 1) message[random(message.length)] = random(256);
            const cut = message.subarray(0, random(4) === 0 ? random(message.length) : message.length);
            try {
              decodeAll(extension, cut, { size: 1 + random(9), max: 1 + random(9) });
            } catch (error) {
              assert.ok(error instanceof ProtocolError);
              faults.add(error.code);
              break;
            }
          }
          extension.release();
        }
        assert.deepEqual([...faults], ["deflate-invalid"]);
      });

      it("is done with after a fault, and its memory is given back", () => {
        const budget = new MemoryBudget(1 << 20);
        const extension = serverSide(engine, [], { budget });
        assert.equal(outcome(extension, "07"), "deflate-invalid");
        assert.equal(extension.pending, false);
        extension.release();
        assert.equal(budget.used, 0);
      });

      it("RS-11, RS-12: a bomb gives its output piece by piece, as far as it is taken", () => {
        const { server, client } = pair(engine, engine, { maxRatio: 0 });
        const bomb = encodeAll(client, payload("zeros", 64 << 20), 1 << 20);
        assert.ok(bomb.length < 300_000);
        const limit = 1 << 20;
        let taken = 0;
        let calls = 0;
        let piece = bomb.subarray(0, 65_236);
        while (taken <= limit) {
          const output = server.decode(piece, false, Math.min(262_144, limit - taken + 1));
          assert.ok(output instanceof Uint8Array);
          taken += output.length;
          calls += 1;
          piece = new Uint8Array(0);
        }
        assert.equal(taken, limit + 1);
        assert.ok(calls < 20);
        server.release();
        client.release();
      });

      it("RS-11: the ratio guard stops a message that expands by more than it may", () => {
        const floor = 1 << 20;
        const { server, client } = pair(engine, engine, { maxRatio: 100, ratioFloor: floor }, { level: 9 });
        const bomb = encodeAll(client, payload("zeros", 16 << 20), 1 << 20);
        let taken = 0;
        let output = server.decode(bomb.subarray(0, 4096), false, 262_144);
        while (output instanceof Uint8Array && server.pending) {
          taken += output.length;
          output = server.decode(new Uint8Array(0), false, 262_144);
        }
        assert.ok(output instanceof ProtocolError);
        assert.equal(output.code, "deflate-ratio");
        assert.equal(output.closeCode, 1009);
        assert.ok(taken <= floor + 32_768 + 100 * 4096 + 262_144, `${taken}`);
        server.release();
        client.release();
      });

      it("the ratio guard lets pass what the history explains, and what is below the floor", () => {
        const message = payload("random", 30_000);
        const guarded = { maxRatio: 1, ratioFloor: 0 };
        const { server, client } = pair(engine, engine, guarded, { clientMaxWindowBits: 15 });
        for (let count = 0; count < 5; count += 1) {
          const compressed = encodeAll(client, message);
          assert.ok(count < 2 || compressed.length < 2000, `${compressed.length}`);
          assert.ok(same(decodeAll(server, compressed), message));
        }
        server.release();
        client.release();
        const small = serverSide(engine, [], { maxRatio: 1, ratioFloor: 100_000 });
        assert.equal(decodeAll(small, encodeAll(serverSide(engine), payload("zeros", 100_000))).length, 100_000);
        small.release();
      });

      it("fails a message that is little but final blocks, each of which costs a context", () => {
        const extension = serverSide(engine);
        const flood = joined(Array.from({ length: 200 }, () => bytesOf("0300")));
        assert.throws(() => decodeAll(extension, flood), { code: "deflate-ratio" });
        extension.release();
        const apart = serverSide(engine);
        const block = joined([bytesOf("01c800" + "37ff"), new Uint8Array(200)]);
        assert.equal(
          decodeAll(apart, joined([...Array.from({ length: 100 }, () => block), bytesOf("00")])).length,
          20_000,
        );
        apart.release();
      });
    });

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
      const deflater = engine.deflaterMemory({ windowBits: 13, level: 2, memLevel: 6 });
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
        extension.release();
        extension.release();
        assert.equal(budget.used, 0);
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
