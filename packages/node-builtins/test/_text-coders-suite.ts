import assert from "node:assert/strict";
import { decodeTextByBuffer, encodeTextByBuffer } from "@samewire/node-builtins";
import type { Runner } from "./_runner.ts";

const fatal = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

function expected(bytes: Uint8Array): string | undefined {
  try {
    return fatal.decode(bytes);
  } catch {
    return undefined;
  }
}

/** A generator with a seed: what fails once fails again. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const TEXTS = [
  "",
  "a",
  "\ufeff",
  "\ufeffa",
  "\ufffd",
  "é",
  "語",
  "😀",
  "\u0000",
  "a\ufffdé",
  "x".repeat(300),
  "語😀é".repeat(2000),
];
const LONE = ["\ud800", "a\udc00", "\udfff\ud800", "😀\ud83d", `${"x".repeat(40)}\ud800`];

/** For the runtimes whose adapters use them: Deno's `Buffer` writes beyond the room that it is given. */
export function textCodersSuite({ describe, it }: Runner): void {
  describe("text by way of Buffer", () => {
    assert.ok(decodeTextByBuffer !== undefined && encodeTextByBuffer !== undefined, "this runtime has neither method");
    const decode = decodeTextByBuffer;
    const encode = encodeTextByBuffer;

    it("decodes what TextDecoder decodes, within a larger array, and tells a genuine U+FFFD from a fault", () => {
      for (const text of TEXTS) {
        const bytes = encoder.encode(text);
        const array = new Uint8Array(bytes.length + 7).fill(0xff);
        array.set(bytes, 3);
        assert.equal(decode(array, 3, 3 + bytes.length), text);
        assert.equal(decode(array, 2, 3 + bytes.length), undefined);
      }
    });

    it("refuses each sequence of octets that is no UTF-8 (RFC 3629)", () => {
      const random = randomFrom(1);
      // The octets where ranges begin and end.
      const edges = [
        0, 0x61, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff,
      ];
      for (let length = 1; length <= 3; length++) {
        for (let number = 0; number < edges.length ** length; number++) {
          const bytes = Uint8Array.from(
            { length },
            (_, i) => edges[Math.floor(number / edges.length ** i) % edges.length] as number,
          );
          assert.equal(decode(bytes, 0, length), expected(bytes), String(bytes));
        }
      }
      for (let round = 0; round < 40_000; round++) {
        const long = random(8) === 0 ? 64 : 0;
        const bytes = new Uint8Array(long + 1 + random(12)).fill(0x61);
        for (let i = random(bytes.length); i < bytes.length; i += 1 + random(3))
          bytes[i] = edges[random(edges.length)] as number;
        assert.equal(decode(bytes, 0, bytes.length), expected(bytes), String(bytes));
      }
    });

    it("encodes what TextEncoder encodes, a lone surrogate as U+FFFD, and nothing beside it", () => {
      for (const text of [...TEXTS, ...LONE]) {
        const bytes = encoder.encode(text);
        const array = new Uint8Array(text.length * 3 + 10).fill(0xa5);
        assert.equal(encode(text, array, 5, array.length - 5), bytes.length);
        assert.deepEqual(array.subarray(5, 5 + bytes.length), bytes);
        assert.ok([...array.subarray(0, 5), ...array.subarray(-5)].every((octet) => octet === 0xa5));
      }
    });

    it("gives either all of a text or -1, whatever the room; and all, where four octets are to spare", () => {
      for (const text of ["aé語😀", "😀😀", "語語語", "aaaaaaaa", "é\ud800é", `${String.fromCharCode(0xd83d)}😀`]) {
        const bytes = encoder.encode(text);
        for (let room = 0; room <= text.length * 3; room++) {
          const array = new Uint8Array(room + 4).fill(0xa5);
          const written = encode(text, array, 2, 2 + room);
          assert.ok(
            [...array.subarray(0, 2), ...array.subarray(2 + room)].every((octet) => octet === 0xa5),
            "beyond its room",
          );
          if (written < 0) {
            assert.ok(room < bytes.length + 4, `${room} of ${bytes.length}`);
            continue;
          }
          assert.equal(written, bytes.length);
          assert.deepEqual(array.subarray(2, 2 + written), bytes);
        }
      }
    });
  });
}
