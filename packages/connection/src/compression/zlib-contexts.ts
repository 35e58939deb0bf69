/**
 * A DEFLATE engine out of anything that works like zlib: a call that reads input, writes output, and tells how much of
 * either it left. What a message needs beyond that is here, once for all such libraries: the tail that RFC 7692 takes
 * off and puts back, bounded output, and the end of a stream in the middle of a message.
 */
import type { DeflateEngine, Deflater, DeflaterOptions, InflaterOptions } from "@samewire/codec";
import { ContinuedInflater, type EndingInflater } from "./continued-inflater.ts";

/** One raw DEFLATE stream, compressing or inflating, in the manner of zlib's `z_stream`. */
export interface ZlibStream {
  /** Bytes of input that the last run left unread. */
  readonly availIn: number;
  /** Bytes of room that the last run left unused. */
  readonly availOut: number;
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
export interface ZlibLike extends Pick<DeflateEngine, "name" | "fastLevel" | "deflaterMemory" | "inflaterMemory"> {
  deflateStream(options: DeflaterOptions): ZlibStream;
  inflateStream(options: InflaterOptions): ZlibStream;
}

const Z_NO_FLUSH = 0;
const Z_SYNC_FLUSH = 2;

/** Length of the `00 00 ff ff` that messages go without (RFC 7692 sections 7.2.1 and 7.2.2). */
const TAIL = 4;
const NOTHING = new Uint8Array(0);

/** Output of one call: a slice of 64 KiB and what the compressor held back before fit at once. */
const OUTPUT_SIZE = 128 * 1024;
/** Input to which the tail is joined, so that a message of up to so many bytes compressed takes one call. */
const INPUT_SIZE = 64 * 1024 + TAIL;

/** The memory that all contexts of an engine work in: calls are synchronous, and their output is taken before the next. */
class Workspace {
  #output: Uint8Array | undefined;
  #input: Uint8Array | undefined;

  get output(): Uint8Array {
    this.#output ??= new Uint8Array(OUTPUT_SIZE);
    return this.#output;
  }

  /** The piece with the tail after it. */
  withTail(piece: Uint8Array): Uint8Array {
    const size = piece.length;
    this.#input ??= new Uint8Array(INPUT_SIZE);
    const joined = size + TAIL <= INPUT_SIZE ? this.#input : new Uint8Array(size + TAIL);
    joined.set(piece);
    joined[size] = 0;
    joined[size + 1] = 0;
    joined[size + 2] = 0xff;
    joined[size + 3] = 0xff;
    return joined;
  }
}

/** The engine of a library that works like zlib. */
export function zlibLikeEngine(library: ZlibLike): DeflateEngine {
  const workspace = new Workspace();
  return {
    name: library.name,
    fastLevel: library.fastLevel,
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

  deflate(piece: Uint8Array, last: boolean): Uint8Array {
    const flush = last ? Z_SYNC_FLUSH : Z_NO_FLUSH;
    let output = this.#workspace.output;
    let end = this.#run(flush, piece, piece.length, output, 0);
    // An output that is full to the brim may not be all of it: on into a larger one, which is not kept.
    while (end === output.length) {
      const larger = new Uint8Array(output.length * 2);
      larger.set(output);
      output = larger;
      end = this.#run(flush, piece, this.#stream.availIn, output, end);
    }
    return output.subarray(0, last ? end - TAIL : end);
  }

  /** Feeds the last `left` bytes of the piece; where the output ends then. */
  #run(flush: number, piece: Uint8Array, left: number, output: Uint8Array, to: number): number {
    if (!this.#stream.run(flush, piece, piece.length - left, left, output, to, output.length - to)) {
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
  rest: Uint8Array | undefined;

  readonly #stream: ZlibStream;
  readonly #workspace: Workspace;
  /** What is pending of the input, and how many bytes of its end are the tail. */
  #input: Uint8Array = NOTHING;
  #tail = 0;

  constructor(stream: ZlibStream, workspace: Workspace) {
    this.#stream = stream;
    this.#workspace = workspace;
  }

  inflate(piece: Uint8Array, last: boolean, max: number): Uint8Array | undefined {
    let input = this.#input;
    let length = input.length;
    if (!this.pending) {
      input = last ? this.#workspace.withTail(piece) : piece;
      length = last ? piece.length + TAIL : piece.length;
      this.#tail = last ? TAIL : 0;
    }
    const stream = this.#stream;
    const output = this.#workspace.output;
    const room = Math.min(max, output.length);
    if (!stream.run(Z_SYNC_FLUSH, input, 0, length, output, 0, room)) return undefined;

    const left = stream.availIn;
    const read = length - left;
    // What is left is copied, once: neither the workspace nor the caller's piece stays as it is.
    const rest = left === 0 ? NOTHING : input === this.#input ? input.subarray(read) : copy(input, read, length);
    this.pending = stream.availOut === 0;
    this.#input = this.pending ? rest : NOTHING;
    // Input is left beside room for output only where a block with BFINAL set has ended the stream.
    const ended = left > 0 && !this.pending;
    this.rest = ended ? rest.subarray(0, Math.max(0, left - this.#tail)) : undefined;
    return output.subarray(0, room - stream.availOut);
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
