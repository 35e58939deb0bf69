/** The contract of a DEFLATE engine, which every engine has to meet on every runtime. A function of the runner, since vitest runs it too. */
import assert from "node:assert/strict";
import type { DeflateEngine, Inflater } from "@samewire/codec";
import { zlibEngine } from "../src/zlib-engine.ts";
import { provesItself } from "../src/zlib-proof.ts";
import { ENGINES } from "./_deflate-engines.ts";
import { bytesOf, joined, payload, same, textOf } from "./_deflate-material.ts";
import type { Runner } from "./_runner.ts";
import { StrictInflater } from "./_strict-inflate.ts";

const NOTHING = new Uint8Array(0);

function inflateAll(inflater: Inflater, compressed: Uint8Array, last: boolean, max: number): Uint8Array | undefined {
  const pieces: Uint8Array[] = [];
  let piece = compressed;
  do {
    const output = inflater.inflate(piece, last, max);
    if (output === undefined) return undefined;
    assert.ok(output.length <= max, "no more than was asked for");
    pieces.push(output.slice());
    piece = NOTHING;
  } while (inflater.pending);
  return joined(pieces);
}

export function deflateEngineSuite({ describe, it }: Runner): void {
  describe("zlibEngine", () => {
    it("is the runtime's own zlib, proven, on every runtime we run on", () => {
      assert.equal(zlibEngine().name, "zlib");
      assert.equal(zlibEngine(), zlibEngine());
    });
  });

  describe("provesItself", () => {
    const sound = ENGINES[0]?.engine as DeflateEngine;

    it("rejects an engine that throws, forgets, garbles, or takes invalid data", () => {
      const inflaterOf = (change: Partial<Inflater>): DeflateEngine => ({
        ...sound,
        createInflater: (options) => {
          const inner = sound.createInflater(options);
          return {
            get pending() {
              return inner.pending;
            },
            get ended() {
              return inner.ended;
            },
            get overhead() {
              return inner.overhead;
            },
            get history() {
              return inner.history;
            },
            inflate: (piece, last, max) => inner.inflate(piece, last, max),
            reset: () => inner.reset(),
            release: () => inner.release(),
            ...change,
          };
        },
      });
      assert.equal(provesItself(inflaterOf({})), true);
      assert.equal(provesItself(inflaterOf({ reset() {} })), false);
      assert.equal(provesItself(inflaterOf({ inflate: () => NOTHING })), false);
      const forgetful: DeflateEngine = {
        ...sound,
        createDeflater: (options) => {
          const inner = sound.createDeflater(options);
          return {
            deflate: (piece, last) => {
              inner.reset();
              return inner.deflate(piece, last);
            },
            reset: () => inner.reset(),
            release: () => inner.release(),
          };
        },
      };
      assert.equal(provesItself(forgetful), false);
      const broken: DeflateEngine = {
        ...sound,
        createDeflater: () => {
          throw new Error("no such binding");
        },
      };
      assert.equal(provesItself(broken), false);
    });
  });

  for (const { name, engine } of ENGINES) {
    describe(`DeflateEngine ${name}`, () => {
      const options = { windowBits: 15, level: 6, memLevel: 8 };

      it("inflates RFC 7692 section 7.2.3.1 and, with its history, 7.2.3.2", () => {
        const inflater = engine.createInflater({ windowBits: 15 });
        assert.equal(textOf(inflateAll(inflater, bytesOf("f248cdc9c90700"), true, 100) as Uint8Array), "Hello");
        assert.equal(textOf(inflateAll(inflater, bytesOf("f200110000"), true, 100) as Uint8Array), "Hello");
        inflater.reset();
        assert.equal(inflateAll(inflater, bytesOf("f200110000"), true, 100), undefined);
        inflater.release();
      });

      it("deflates what a strict inflater reads, with history, and the same again after a reset", () => {
        const deflater = engine.createDeflater(options);
        const message = payload("compressible", 5000);
        const strict = new StrictInflater();
        const first = deflater.deflate(message, true).slice();
        const second = deflater.deflate(message, true).slice();
        assert.ok(same(strict.message(first), message));
        assert.ok(same(strict.message(second), message));
        assert.ok(second.length * 4 < first.length, "the second refers to the first");
        deflater.reset();
        assert.ok(same(deflater.deflate(message, true), first));
        deflater.release();
      });

      it("neither keeps nor changes what it is given", () => {
        const deflater = engine.createDeflater(options);
        const inflater = engine.createInflater({ windowBits: 15 });
        const message = payload("compressible", 70_000);
        const given = message.slice();
        const compressed = joined([
          deflater.deflate(given.subarray(0, 40_000), false).slice(),
          deflater.deflate(given.subarray(40_000), true).slice(),
        ]);
        assert.ok(same(given, message));
        const chunk = compressed.slice();
        const pieces = [(inflater.inflate(chunk, true, 1000) as Uint8Array).slice()];
        assert.ok(inflater.pending);
        assert.ok(same(chunk, compressed));
        chunk.fill(0xee);
        while (inflater.pending) pieces.push((inflater.inflate(NOTHING, true, 1000) as Uint8Array).slice());
        assert.ok(same(joined(pieces), message));
        deflater.release();
        inflater.release();
      });

      it("reads views of larger buffers, and what a Buffer calls a slice", () => {
        const deflater = engine.createDeflater(options);
        const message = payload("compressible", 3000);
        const compressed = deflater.deflate(message, true).slice();
        const surrounded = Buffer.alloc(compressed.length + 9, 0xee);
        surrounded.set(compressed, 5);
        const inflater = engine.createInflater({ windowBits: 15 });
        const view = surrounded.subarray(5, 5 + compressed.length);
        const start = (inflater.inflate(view, true, 100) as Uint8Array).slice();
        surrounded.fill(0);
        const rest = inflateAll(inflater, NOTHING, true, 65_536) as Uint8Array;
        assert.ok(same(joined([start, rest]), message));
        deflater.release();
        inflater.release();
      });

      it("keeps two contexts apart that take turns within a message", () => {
        const messages = [payload("compressible", 50_000), payload("random", 50_000)] as const;
        const compressed = messages.map((message) => {
          const deflater = engine.createDeflater(options);
          const output = deflater.deflate(message, true).slice();
          deflater.release();
          return output;
        });
        const inflaters = messages.map(() => engine.createInflater({ windowBits: 15 }));
        const pieces: Uint8Array[][] = [[], []];
        for (let turn = 0; turn === 0 || inflaters.some(({ pending }) => pending); turn += 1) {
          inflaters.forEach((inflater, which) => {
            if (turn > 0 && !inflater.pending) return;
            const input = turn === 0 ? (compressed[which] as Uint8Array) : NOTHING;
            pieces[which]?.push((inflater.inflate(input, true, 777) as Uint8Array).slice());
          });
        }
        for (const [which, message] of messages.entries()) assert.ok(same(joined(pieces[which] ?? []), message));
        for (const inflater of inflaters) inflater.release();
      });

      it("gives at most what was asked for, a byte at a time too", () => {
        const deflater = engine.createDeflater(options);
        const message = payload("compressible", 2000);
        const compressed = deflater.deflate(message, true).slice();
        for (const max of [1, 7, 1999, 2000, 2001]) {
          const inflater = engine.createInflater({ windowBits: 15 });
          assert.ok(same(inflateAll(inflater, compressed, true, max) as Uint8Array, message), `max ${max}`);
          inflater.release();
        }
        deflater.release();
      });

      it("charges what gives nothing for more than its bytes: a turn of it must not last longer than one of others", () => {
        const inflater = engine.createInflater({ windowBits: 15 });
        const blocks = bytesOf("000000ffff".repeat(2000));
        assert.equal(inflater.inflate(blocks, false, 1000)?.length, 0);
        assert.ok(inflater.overhead >= 7 * blocks.length, `${inflater.overhead}`);
        inflater.release();
      });

      it("grows its output for one large piece", () => {
        const deflater = engine.createDeflater(options);
        const inflater = engine.createInflater({ windowBits: 15 });
        for (const size of [131_000, 131_072, 400_000]) {
          const message = payload("random", size);
          const compressed = deflater.deflate(message, true).slice();
          assert.ok(compressed.length >= size);
          assert.ok(same(inflateAll(inflater, compressed, true, 1 << 20) as Uint8Array, message), `${size}`);
        }
        deflater.release();
        inflater.release();
      });

      it("reads on after blocks with BFINAL set, tells when it stands at the end of one, and what it then keeps", () => {
        const inflater = engine.createInflater({ windowBits: 15 });
        const read = (bytes: Uint8Array, last: boolean): string =>
          textOf(inflateAll(inflater, bytes, last, 100) as Uint8Array);
        const final = bytesOf("f348cdc9c90700");
        assert.deepEqual([inflater.ended, inflater.history], [false, 0]);
        assert.equal(textOf(inflater.inflate(joined([final, bytesOf("00")]), true, 100) as Uint8Array), "Hello");
        assert.deepEqual([inflater.ended, inflater.pending, inflater.history], [true, true, 32_768]);
        assert.equal(read(NOTHING, true), "");
        assert.equal(inflater.ended, false);
        assert.equal(read(bytesOf("f200110000"), true), "Hello", "the window goes on");
        // All read, as it ends a piece: that it has ended shows with the next.
        assert.equal(read(final, false), "Hello");
        assert.equal(read(bytesOf("f348cdc9c90700"), false), "Hello");
        assert.equal(read(bytesOf("00"), true), "");
        // The last octet may be left out.
        assert.equal(read(final, true), "Hello");
        inflater.reset();
        assert.equal(inflater.history, 0);
        assert.equal(inflateAll(inflater, bytesOf("f200110000"), true, 100), undefined);
        inflater.release();
      });

      it("refuses invalid data, and works again after a reset", () => {
        const invalid = { "reserved block": "06", "stored lengths": "00050000ff", "distance too far": "f200110000" };
        const inflater = engine.createInflater({ windowBits: 15 });
        for (const [what, hex] of Object.entries(invalid)) {
          assert.equal(inflateAll(inflater, bytesOf(hex), true, 100), undefined, what);
          inflater.reset();
          assert.equal(textOf(inflateAll(inflater, bytesOf("f248cdc9c90700"), true, 100) as Uint8Array), "Hello");
          inflater.reset();
        }
        inflater.release();
      });

      it("refuses a message whose data break off inside a block", () => {
        const deflater = engine.createDeflater(options);
        const message = payload("compressible", 3000);
        const wholes = [
          deflater.deflate(message, true).slice(),
          bytesOf("f248cdc9c90700"),
          bytesOf("000500faff48656c6c6f00"),
        ];
        for (const whole of wholes) {
          let accepted = 0;
          for (let end = 2; end < whole.length; end += 1) {
            const inflater = engine.createInflater({ windowBits: 15 });
            const output = inflateAll(inflater, whole.subarray(0, end), true, 65_536);
            if (output !== undefined) accepted += 1;
            inflater.release();
          }
          // Within the header of a dynamic block, which these bytes may continue, it shows with the next message only.
          assert.ok(accepted <= (whole.length > 100 ? 80 : 0), `${accepted} of ${whole.length}`);
        }
        deflater.release();
      });

      it("refuses, and does not end the process, after its release", () => {
        const deflater = engine.createDeflater(options);
        const inflater = engine.createInflater({ windowBits: 15 });
        for (const context of [deflater, inflater]) {
          context.release();
          context.release();
        }
        assert.throws(() => deflater.deflate(bytesOf("61"), true));
        assert.throws(() => inflater.inflate(bytesOf("f248"), true, 100));
      });

      it("estimates more memory for larger windows", () => {
        for (let bits = 10; bits <= 15; bits += 1) {
          const memory = (windowBits: number): number => engine.deflaterMemory({ windowBits, level: 1, memLevel: 6 });
          assert.ok(memory(bits) > memory(bits - 1));
          assert.ok(engine.inflaterMemory({ windowBits: bits }) > engine.inflaterMemory({ windowBits: bits - 1 }));
          assert.ok(memory(bits) < 400_000 && engine.inflaterMemory({ windowBits: bits }) < 50_000);
        }
      });

      for (let windowBits = 9; windowBits <= 15; windowBits += 1) {
        it(`refers back at most 2^${windowBits} bytes, at every level`, () => {
          for (const level of [1, 2, 4, 6, 9]) {
            const deflater = engine.createDeflater({ windowBits, level, memLevel: 8 });
            const strict = new StrictInflater();
            // Repeats well inside, just inside, at, and just outside the window, and over messages.
            const unit = payload("random", 60);
            for (const gap of [-400, -100, -60, -20, 40]) {
              const message = new Uint8Array((1 << windowBits) + gap + 2 * unit.length);
              message.set(payload("random", (1 << windowBits) + gap), unit.length);
              message.set(unit);
              message.set(unit, message.length - unit.length);
              assert.ok(same(strict.message(deflater.deflate(message, true)), message), `level ${level}, gap ${gap}`);
            }
            assert.ok(strict.largestDistance > 0, "it does refer back");
            assert.ok(strict.largestDistance <= 1 << windowBits, `level ${level}: ${strict.largestDistance}`);
            deflater.release();
          }
        });
      }
    });
  }
}
