/** RFC 7692 section 7.2.2 with each engine on each runtime: what is received. A function of the runner, since vitest runs it too. */
import assert from "node:assert/strict";
import { type MessageExtension, ProtocolError } from "@samewire/codec";
import { MemoryBudget } from "@samewire/connection";
import { ENGINES } from "./_deflate-engines.ts";
import { bytesOf, decodeAll, encodeAll, joined, pair, payload, same, serverSide, textOf } from "./_deflate-material.ts";
import type { Runner } from "./_runner.ts";

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

export function deflateDecodeSuite({ describe, it }: Runner): void {
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

      it("reads on after a final block that is not the first, from a peer's first message on", () => {
        const extension = serverSide(engine);
        for (let count = 0; count < 3; count += 1) {
          assert.equal(
            outcome(extension, count === 0 ? "f24805000000ffffcbc9c9070000" : "f2001100000000fffff300110000"),
            count === 0 ? "Hello" : "HelloHello",
          );
          assert.equal(outcome(extension, "f200110000"), "Hello");
        }
        extension.release();
      });

      it("loses the history of before a final block that is neither the first of its message nor of the connection's", () => {
        const extension = serverSide(engine);
        assert.equal(outcome(extension, "f248cdc9c90700"), "Hello");
        // An empty block, and a final one of two letters: they are all that is known afterwards.
        assert.equal(outcome(extension, "000000ffff4b4c020000"), "ab");
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

      it("takes no message for whole that breaks off inside a block, wherever that is", () => {
        // Of few letters, so that the block has codes of its own (RFC 1951 section 3.2.7). Of their lengths nothing comes out.
        const letters = Uint8Array.from({ length: 300 }, (_, at) => 97 + ((at * at + (at >> 3) * 7) % 13));
        const block = encodeAll(serverSide(engine, NO_TAKEOVER, { level: 9 }), letters);
        for (const message of [block, bytesOf("f248cdc9c90700"), bytesOf("000500faff48656c6c6f00")]) {
          // The first octet of a stored block alone is an empty message.
          for (let size = 2; size < message.length; size += 1) {
            const extension = serverSide(engine, NO_TAKEOVER);
            const broken = Array.from(message.subarray(0, size), (octet) => octet.toString(16).padStart(2, "0")).join(
              "",
            );
            assert.equal(outcome(extension, broken), "deflate-invalid", `after ${size} of ${message.length} octets`);
            extension.release();
          }
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
  }
}
