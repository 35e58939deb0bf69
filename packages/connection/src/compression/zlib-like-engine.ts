/**
 * A DEFLATE engine out of anything that works like zlib: a call that reads input, writes output, and tells how much of
 * either it left. What a message needs beyond that is here, once for all such libraries: the tail that RFC 7692 takes
 * off and puts back, bounded output, and the end of a stream in the middle of a message.
 */
import type { DeflateEngine, Deflater, DeflaterOptions, InflaterOptions } from "@samewire/codec";
import { ContinuedInflater } from "./continued-inflater.ts";
import type { EndingInflater } from "./ending-inflater.ts";

/** One raw DEFLATE stream, compressing or inflating, in the manner of zlib's `z_stream`. */
export interface ZlibStream {
  /** Bytes of input that the last run left unread. */
  readonly availIn: number;
  /** Bytes of room that the last run left unused. */
  readonly availOut: number;
  /** What the last run cost beyond what its bytes usually do, in bytes. */
  readonly overhead: number;
  /** @returns false where the data are invalid; the stream must then not be run again without a reset */
  run(
    flush: number,
    input: Uint8Array,
    at: number,
    length: number,
    output: Uint8Array,
    to: number,
    room: number,
  ): boolean;
  reset(): void;
  close(): void;
}

/** A library that works like zlib. */
export interface ZlibLike
  extends Pick<DeflateEngine, "name" | "decodeSlice" | "encodeSlice" | "deflaterMemory" | "inflaterMemory"> {
  deflateStream(options: DeflaterOptions): ZlibStream;
  inflateStream(options: InflaterOptions): ZlibStream;
}

const Z_NO_FLUSH = 0;
const Z_SYNC_FLUSH = 2;
/** Inflating stops at the end of the block. */
const Z_BLOCK = 5;

/** Length of the `00 00 ff ff` that messages go without (RFC 7692 sections 7.2.1 and 7.2.2). */
const TAIL = 4;
const NOTHING = new Uint8Array(0);

/**
 * The tail and one byte more, to be read up to the end of a block. Where a message is whole, that byte is left and nothing
 * comes out; where its data break off inside a block, zlib takes this for data: all of it is read, something comes out, or
 * it is invalid.
 */
const END = Uint8Array.of(0x00, 0x00, 0xff, 0xff, 0x00);
const END_ROOM = 16;

/** A byte that gives no output is part of the codes of a block, for which tables are built: it costs as much as this many. */
const CODE_COST = 8;

/** Output of one call: a slice of up to 64 KiB and what the compressor held back before fit at once. */
const OUTPUT_SIZE = 128 * 1024;

/** The memory that all contexts of an engine work in: calls are synchronous, and their output is taken before the next. */
class Workspace {
  #output: Uint8Array | undefined;

  get output(): Uint8Array {
    this.#output ??= new Uint8Array(OUTPUT_SIZE + END_ROOM);
    return this.#output;
  }
}

/** The engine of a library that works like zlib. */
export function zlibLikeEngine(library: ZlibLike): DeflateEngine {
  const workspace = new Workspace();
  return {
    name: library.name,
    decodeSlice: library.decodeSlice,
    encodeSlice: (options) => library.encodeSlice(options),
    deflaterMemory: (options) => library.deflaterMemory(options),
    inflaterMemory: (options) => library.inflaterMemory(options),
    createDeflater: (options) => new ZlibDeflater(library.deflateStream(options), workspace),
    createInflater: (options) =>
      new ContinuedInflater(new ZlibInflater(library.inflateStream(options), workspace), options.windowBits),
  };
}

class ZlibDeflater implements Deflater {
  readonly #stream: ZlibStream;
  readonly #workspace: Workspace;

  constructor(stream: ZlibStream, workspace: Workspace) {
    this.#stream = stream;
    this.#workspace = workspace;
  }

  deflate(piece: Uint8Array, last: boolean, flush: boolean = last): Uint8Array {
    const mode = flush ? Z_SYNC_FLUSH : Z_NO_FLUSH;
    let output = this.#workspace.output;
    let end = this.#run(mode, piece, piece.length, output, 0);
    // An output that is full to the brim may not be all of it: on into a larger one, which is not kept.
    while (end === output.length) {
      // DEFLATE adds little to what it cannot compress: a library that never says how far it came would be asked for ever.
      if (end > 2 * (OUTPUT_SIZE + piece.length)) throw new Error("the compressor gives more than it was given");
      const larger = new Uint8Array(output.length * 2);
      larger.set(output);
      output = larger;
      end = this.#run(mode, piece, this.#stream.availIn, output, end);
    }
    return output.subarray(0, last ? end - TAIL : end);
  }

  /** Feeds the last `left` bytes of the piece; where the output ends then. */
  #run(mode: number, piece: Uint8Array, left: number, output: Uint8Array, to: number): number {
    if (!this.#stream.run(mode, piece, piece.length - left, left, output, to, output.length - to)) {
      throw new Error("the compressor failed");
    }
    return output.length - this.#stream.availOut;
  }

  reset(): void {
    this.#stream.reset();
  }

  release(): void {
    this.#stream.close();
  }
}

class ZlibInflater implements EndingInflater {
  pending: boolean = false;
  overhead: number = 0;
  rest: Uint8Array | undefined;

  readonly #stream: ZlibStream;
  readonly #workspace: Workspace;
  /** What is pending of the input. */
  #input: Uint8Array = NOTHING;

  constructor(stream: ZlibStream, workspace: Workspace) {
    this.#stream = stream;
    this.#workspace = workspace;
  }

  inflate(piece: Uint8Array, last: boolean, max: number, owned: boolean = false): Uint8Array | undefined {
    const stream = this.#stream;
    const { output } = this.#workspace;
    const input = this.pending ? this.#input : piece;
    const room = Math.min(max, OUTPUT_SIZE);
    if (!stream.run(Z_SYNC_FLUSH, input, 0, input.length, output, 0, room)) return undefined;

    const left = stream.availIn;
    const size = room - stream.availOut;
    this.overhead = stream.overhead + Math.max(0, input.length - left - size) * (CODE_COST - 1);
    this.pending = size === room;
    // What is left is copied, once: the caller's piece does not stay as it is.
    const read = input.length - left;
    const kept = owned || input === this.#input;
    const rest = left === 0 ? NOTHING : kept ? input.subarray(read) : copy(input, read, input.length);
    this.#input = this.pending ? rest : NOTHING;
    // Input is left beside room for output only where a block with BFINAL set has ended the stream.
    this.rest = left > 0 && !this.pending ? rest : undefined;
    if (last && left === 0 && !this.pending && !this.#ends(output, size)) return undefined;
    return output.subarray(0, size);
  }

  /** Whether the message is whole: its data end where a block does. */
  #ends(output: Uint8Array, size: number): boolean {
    const stream = this.#stream;
    if (!stream.run(Z_BLOCK, END, 0, END.length, output, size, END_ROOM)) return false;
    if (stream.availOut < END_ROOM) return false;
    // A block with BFINAL set was the last thing: nothing is read after it.
    if (stream.availIn === END.length) this.rest = NOTHING;
    return stream.availIn === END.length - TAIL || this.rest !== undefined;
  }

  reset(): void {
    this.#stream.reset();
    this.pending = false;
    this.rest = undefined;
    this.#input = NOTHING;
  }

  release(): void {
    this.#stream.close();
    this.#input = NOTHING;
    this.rest = undefined;
  }
}

/** Not `slice`, which on a `Buffer` makes no copy. */
function copy(bytes: Uint8Array, from: number, to: number): Uint8Array {
  const copied = new Uint8Array(to - from);
  copied.set(bytes.subarray(from, to));
  return copied;
}
