/**
 * DEFLATE by `pako`, a port of zlib to JavaScript: for runtimes without a synchronous zlib that keeps its context. Its
 * port of zlib's own calls is used, which works in memory of ours and allocates nothing.
 */
import type { DeflateEngine, DeflaterOptions, InflaterOptions } from "@samewire/codec";
import {
  Z_BUF_ERROR,
  Z_DEFAULT_STRATEGY,
  type Z_FlushMode,
  Z_OK,
  Z_STREAM_END,
  ZStream,
  zlibDeflate,
  zlibDeflateEnd,
  zlibDeflateInit2,
  zlibDeflateReset,
  zlibInflate,
  zlibInflateEnd,
  zlibInflateInit2,
  zlibInflateReset,
} from "pako";
import { withFastLevel } from "../deflate/fast-level.ts";
import { poolContexts } from "./context-pool.ts";
import { type ZlibStream, zlibLikeEngine } from "./zlib-like-engine.ts";

/** zlib's name for its only method of compression. */
const Z_DEFLATED = 8;
const NOTHING = new Uint8Array(0);

/** Bytes in a slice: 1 to 2 ms, once the code is compiled. */
const SLICE = 16 * 1024;
/** Until this many bytes, in and out, have gone through it, pako's code is interpreted and not compiled. */
const COLD_BYTES = 512 * 1024;
/** How many times as much a byte costs then. */
const COLD_FACTOR = 8;

/** The calls of pako's that differ between compressing and inflating. */
interface Calls {
  step(stream: ZStream, flush: Z_FlushMode): number;
  reset(stream: ZStream): number;
  end(stream: ZStream): number;
  /** Bytes that went through so far, up to those that make the code warm. */
  warmth: number;
}

const DEFLATE: Calls = { step: zlibDeflate, reset: zlibDeflateReset, end: zlibDeflateEnd, warmth: 0 };
const INFLATE: Calls = { step: zlibInflate, reset: zlibInflateReset, end: zlibInflateEnd, warmth: 0 };

class PakoStream implements ZlibStream {
  availIn: number = 0;
  availOut: number = 0;
  overhead: number = 0;
  readonly #calls: Calls;
  readonly #stream: ZStream;

  constructor(calls: Calls, stream: ZStream, status: number) {
    if (status !== Z_OK) throw new Error(`pako does not start: ${status}`);
    this.#calls = calls;
    this.#stream = stream;
  }

  run(
    flush: number,
    input: Uint8Array,
    at: number,
    length: number,
    output: Uint8Array,
    to: number,
    room: number,
  ): boolean {
    const stream = this.#stream;
    stream.input = input;
    stream.next_in = at;
    stream.avail_in = length;
    stream.output = output as Uint8Array<ArrayBuffer>;
    stream.next_out = to;
    stream.avail_out = room;
    const status = this.#calls.step(stream, flush as Z_FlushMode);
    this.availIn = stream.avail_in;
    this.availOut = stream.avail_out;
    this.#warmUp(length - this.availIn + room - this.availOut);
    // Neither is kept alive by a stream at rest.
    stream.input = NOTHING;
    stream.output = NOTHING;
    return status === Z_OK || status === Z_STREAM_END || status === Z_BUF_ERROR;
  }

  #warmUp(bytes: number): void {
    const cold = this.#calls.warmth < COLD_BYTES;
    if (cold) this.#calls.warmth += bytes;
    this.overhead = cold ? bytes * (COLD_FACTOR - 1) : 0;
  }

  reset(): void {
    this.#calls.reset(this.#stream);
  }

  close(): void {
    this.#calls.end(this.#stream);
  }
}

let engine: DeflateEngine | undefined;

/** The engine that works on every runtime. There is one, shared by all connections. */
export function pakoEngine(): DeflateEngine {
  engine ??= poolContexts(
    withFastLevel(
      zlibLikeEngine({
        name: "pako",
        decodeSlice: SLICE,
        encodeSlice: () => (DEFLATE.warmth < COLD_BYTES ? SLICE / COLD_FACTOR : SLICE),
        // Measured: the hash table has a fixed size.
        deflaterMemory: ({ windowBits, memLevel }) => (1 << (windowBits + 2)) + (1 << (memLevel + 8)) + 73_728,
        inflaterMemory: ({ windowBits }) => (1 << windowBits) + 16_384,
        deflateStream({ windowBits, level, memLevel }: DeflaterOptions): ZlibStream {
          const stream = new ZStream();
          // A negative window means DEFLATE with neither header nor checksum.
          const status = zlibDeflateInit2(stream, level, Z_DEFLATED, -windowBits, memLevel, Z_DEFAULT_STRATEGY);
          return new PakoStream(DEFLATE, stream, status);
        },
        inflateStream({ windowBits }: InflaterOptions): ZlibStream {
          const stream = new ZStream();
          return new PakoStream(INFLATE, stream, zlibInflateInit2(stream, -windowBits));
        },
      }),
    ),
  );
  return engine;
}
