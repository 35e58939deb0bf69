/**
 * DEFLATE by the runtime's own zlib. `node:zlib` offers streams, which work through a thread pool, and one-shot calls,
 * which forget; but below its streams there is a synchronous call that keeps its context, the same on Node, Bun and
 * Deno. Being below the documented surface, it has to prove itself before it is used; `pako` takes over where it fails.
 */
import { createDeflateRaw, createInflateRaw } from "node:zlib";
import type { DeflateEngine, DeflaterOptions, InflaterOptions } from "@samewire/codec";
import { pakoEngine, poolContexts, withFastLevel, type ZlibStream, zlibLikeEngine } from "@samewire/connection";
import { provesItself } from "./zlib-proof.ts";

/** What lies below a stream of `node:zlib`. */
interface ZlibHandle {
  /** Leaves room unused and input unread, in this order, in the stream's `_writeState`. */
  writeSync(
    flush: number,
    input: Uint8Array,
    at: number,
    length: number,
    output: Uint8Array,
    to: number,
    room: number,
  ): void;
  reset(): void;
  close(): void;
  onerror: (message: string, errno: number, code: string) => void;
}

interface ZlibStreamInside {
  readonly _handle: ZlibHandle;
  readonly _writeState: Uint32Array;
}

/** Bytes that are compressed in 1 to 3 milliseconds. */
const SLICE = 64 * 1024;
/** The least that a stream accepts as the size of a buffer that we have no use for. */
const UNUSED_BUFFER = 64;

class NativeStream implements ZlibStream {
  readonly overhead: number = 0;
  readonly #handle: ZlibHandle;
  readonly #state: Uint32Array;
  #failed = false;
  #closed = false;

  constructor(stream: unknown) {
    const { _handle: handle, _writeState: state } = stream as ZlibStreamInside;
    this.#handle = handle;
    this.#state = state;
    // In the place of the stream's own, which would destroy the handle under our hands.
    handle.onerror = () => {
      this.#failed = true;
    };
  }

  get availIn(): number {
    return this.#state[1] as number;
  }

  get availOut(): number {
    return this.#state[0] as number;
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
    // Node ends the process when a closed handle is written to.
    if (this.#failed || this.#closed) return false;
    this.#handle.writeSync(flush, input, at, length, output, to, room);
    return !this.#failed;
  }

  reset(): void {
    if (this.#closed) return;
    this.#failed = false;
    this.#handle.reset();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#handle.close();
  }
}

/** The runtime's zlib, whether it works or not. */
function nativeZlib(): DeflateEngine {
  return zlibLikeEngine({
    name: "zlib",
    decodeSlice: SLICE,
    encodeSlice: () => SLICE,
    // Measured: the forks of zlib in these runtimes have a hash table of a fixed size, 64 KiB in Node's and 128 KiB in
    // zlib-ng, whatever the memLevel.
    deflaterMemory: ({ windowBits, memLevel }) => (1 << (windowBits + 2)) + (1 << (memLevel + 8)) + 139_264,
    inflaterMemory: ({ windowBits }) => (1 << windowBits) + 16_384,
    deflateStream: (options: DeflaterOptions) =>
      new NativeStream(createDeflateRaw({ ...options, chunkSize: UNUSED_BUFFER })),
    inflateStream: (options: InflaterOptions) =>
      new NativeStream(createInflateRaw({ ...options, chunkSize: UNUSED_BUFFER })),
  });
}

let engine: DeflateEngine | undefined;

/** The runtime's zlib where it proves itself, else `pako`: the engine's name tells which. One for the whole process. */
export function zlibEngine(): DeflateEngine {
  if (engine === undefined) {
    const native = nativeZlib();
    engine = provesItself(native) ? poolContexts(withFastLevel(native)) : pakoEngine();
  }
  return engine;
}
