import { describe, expect, it } from "vitest";
import { type ZlibStream, zlibLikeEngine } from "../../src/compression/zlib-like-engine.ts";

/** A library whose streams end with each input of two bytes; it notes the memory that its inputs are in. */
function endingLibrary() {
  const inputs: ArrayBufferLike[] = [];
  const inflateStream = (): ZlibStream => {
    const stream = {
      availIn: 0,
      availOut: 0,
      overhead: 0,
      run(_flush: number, input: Uint8Array, at: number, length: number, _output: unknown, _to: number, room: number) {
        // What restores the history does not begin like this.
        if (input[at] === 3) inputs.push(input.buffer);
        stream.availIn = Math.max(0, length - 2);
        stream.availOut = room - 1;
        return true;
      },
      reset() {},
      close() {},
    };
    return stream;
  };
  const engine = zlibLikeEngine({
    name: "ending",
    decodeSlice: 65_536,
    encodeSlice: () => 65_536,
    deflaterMemory: () => 0,
    inflaterMemory: () => 0,
    deflateStream: inflateStream,
    inflateStream,
  });
  return { engine, inputs };
}

describe("zlibLikeEngine", () => {
  it("copies what a stream's end leaves of a piece once, however many ends there are in it", () => {
    const { engine, inputs } = endingLibrary();
    const inflater = engine.createInflater({ windowBits: 9 });
    const piece = new Uint8Array(1000).fill(3);
    inflater.inflate(piece, false, 1000);
    piece.fill(0xee);
    while (inflater.pending) inflater.inflate(new Uint8Array(0), false, 1000);
    expect(inputs.length).toBeGreaterThan(400);
    expect(inputs[0]).toBe(piece.buffer);
    expect(new Set(inputs).size).toBe(2);
  });
});
