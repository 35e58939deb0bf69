import { describe, expect, it } from "vitest";
import { encodeTextInto } from "../../src/bytes/text.ts";
import { encodeFrame, encodeTextFrame } from "../../src/frame/frame-encoder.ts";
import { OutputBuffer } from "../../src/index.ts";
import { hex, toHex } from "../_replay.ts";

/** An outlet whose memory is poison, so that an octet that was never written shows (API-5). */
class PoisonedOutput extends OutputBuffer {
  override readonly copyLimit: number;
  readonly attached: Uint8Array[] = [];

  constructor(copyLimit: number = Number.MAX_SAFE_INTEGER) {
    super();
    this.copyLimit = copyLimit;
    this.buffer.fill(0xa5);
  }

  override reserve(size: number): void {
    const before = this.buffer;
    super.reserve(size);
    if (this.buffer !== before) this.buffer.fill(0xa5, this.length);
  }

  override attach(bytes: Uint8Array): void {
    this.attached.push(bytes);
    super.attach(bytes);
  }
}

/** An outlet that makes no more room than it is asked for. */
class TightOutput extends PoisonedOutput {
  override reserve(size: number): void {
    const exact = new Uint8Array(this.length + size).fill(0xa5);
    exact.set(this.buffer.subarray(0, this.length));
    this.buffer = exact;
  }
}

/** An encoder that is not told how much of the text had room, and so must have some to spare. */
function withoutCount(text: string, target: Uint8Array, at: number, end: number): number {
  const room = end - at;
  const written = Buffer.from(target.buffer, target.byteOffset).write(text, at, room);
  return written + 4 <= room || text.length * 3 <= room ? written : -1;
}

function encoded(first: number, payload: Uint8Array | string, key?: number): Uint8Array {
  const output = new PoisonedOutput();
  const nextKey = key === undefined ? undefined : () => key;
  if (typeof payload === "string") encodeTextFrame(output, nextKey, first, payload, encodeTextInto);
  else encodeFrame(output, nextKey, first, payload);
  return output.take();
}

describe("encodeFrame and encodeTextFrame (RFC 6455 5.2)", () => {
  it("writes the shortest form of each length", () => {
    for (const [length, header] of [
      [0, "82 00"],
      [125, "82 7d"],
      [126, "82 7e 007e"],
      [65535, "82 7e ffff"],
      [65536, "82 7f 0000000000010000"],
      [70000, "82 7f 0000000000011170"],
    ] as const) {
      const bytes = encoded(0x82, new Uint8Array(length).fill(0x61));
      expect(toHex(bytes.subarray(0, bytes.length - length))).toBe(toHex(hex(header)));
      expect(bytes.subarray(bytes.length - length).every((octet) => octet === 0x61)).toBe(true);
    }
  });

  it("masks as the example of 5.7", () => {
    expect(toHex(encoded(0x81, "Hello", 0x3d21fa37))).toBe("818537fa213d7f9f4d5158");
    expect(toHex(encoded(0x81, Uint8Array.from(Buffer.from("Hello")), 0x3d21fa37))).toBe("818537fa213d7f9f4d5158");
  });

  it("encodes text of every length class, ASCII or not, as its bytes", () => {
    for (const unit of ["a", "é", "語", "😀"]) {
      for (const count of [0, 1, 20, 24, 25, 41, 42, 62, 63, 100, 125, 126, 127, 5000, 21845, 21846, 32767, 70000]) {
        const text = unit.repeat(count);
        const payload = Uint8Array.from(Buffer.from(text));
        expect(Buffer.compare(encoded(0x81, text), encoded(0x81, payload)), `${unit} x ${count}`).toBe(0);
        expect(Buffer.compare(encoded(0x81, text, 0x01020304), encoded(0x81, payload, 0x01020304))).toBe(0);
      }
    }
  });

  it("encodes text that may be too long to copy into no more room than ASCII needs, or else apart", () => {
    const cases = ["", "é", "語", "😀", "é".repeat(5), "é".repeat(6), "é".repeat(9), "語".repeat(40), "\ud800"];
    for (const length of [40, 125, 126, 127, 65520, 65526, 65535, 65536, 70000]) {
      for (const tail of cases) {
        for (const key of [undefined, 0x01020304]) {
          const text = `${"a".repeat(Math.max(0, length - tail.length))}${tail}`;
          const expected = encoded(0x81, Uint8Array.from(Buffer.from(text)), key);
          for (const limit of [text.length - 1, text.length, text.length * 2, text.length * 3]) {
            for (const port of [encodeTextInto, withoutCount]) {
              const output = new TightOutput(limit);
              output.attach(Uint8Array.of(1, 2, 3));
              encodeTextFrame(output, key === undefined ? undefined : () => key, 0x81, text, port);
              const bytes = output.take();
              expect(Buffer.compare(bytes.subarray(3), expected), `${length} ${tail} ${limit}`).toBe(0);
            }
          }
        }
      }
    }
  });

  it("leaves an encoder that is not told how much had room enough to spare for ASCII of any length", () => {
    for (const length of [25, 125, 126, 5000, 65535, 65536]) {
      for (const nextKey of [undefined, () => 5]) {
        const answers: number[] = [];
        const output = new TightOutput(length);
        encodeTextFrame(output, nextKey, 0x81, "a".repeat(length), (...args) => {
          answers.push(withoutCount(...args));
          return answers[0] as number;
        });
        expect(answers).toEqual([length]);
      }
    }
  });

  it("UT-5 replaces lone surrogates by U+FFFD, short and long (8.1)", () => {
    expect(toHex(encoded(0x81, "\ud800"))).toBe("8103efbfbd");
    expect(toHex(encoded(0x81, `${"x".repeat(30)}\udc00`))).toBe(`8121${"78".repeat(30)}efbfbd`);
  });

  it("attaches what is over the outlet's copy limit: as it is for a server, as a masked copy for a client", () => {
    const payload = new Uint8Array(5000).fill(1);
    const server = new PoisonedOutput(4096);
    encodeFrame(server, undefined, 0x82, payload);
    expect(server.attached[0]).toBe(payload);
    const client = new PoisonedOutput(4096);
    encodeFrame(client, () => 0x01010101, 0x82, payload);
    expect(client.attached[0]?.every((octet) => octet === 0)).toBe(true);
    expect(payload.every((octet) => octet === 1)).toBe(true);
    const text = new PoisonedOutput(4096);
    encodeTextFrame(text, undefined, 0x81, "y".repeat(5000), encodeTextInto);
    expect(
      text
        .take()
        .subarray(4)
        .every((octet) => octet === 0x79),
    ).toBe(true);
  });
});
