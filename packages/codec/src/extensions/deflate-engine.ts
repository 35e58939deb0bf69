/**
 * The port of a raw DEFLATE implementation (RFC 1951) for permessage-deflate. Synchronous, with its context kept from
 * call to call. Every array given back may be a view of a buffer that all contexts of the engine share: it is valid
 * only until the next call on any of them.
 */
export interface DeflateEngine {
  /** Which one is in use, for example `zlib` or `pako`. */
  readonly name: string;
  createDeflater(options: DeflaterOptions): Deflater;
  createInflater(options: InflaterOptions): Inflater;
}

export interface DeflaterOptions {
  /** The base-2 logarithm of the LZ77 window: 9 to 15 (RFC 7692 section 7.1.2). */
  readonly windowBits: number;
  /** 1 (fast) to 9 (small). */
  readonly level: number;
  /** 1 to 9: memory for the hash tables, 2^(memLevel + 9) bytes. */
  readonly memLevel: number;
}

export interface InflaterOptions {
  /** The base-2 logarithm of the LZ77 window: 9 to 15. */
  readonly windowBits: number;
}

export interface Deflater {
  /** About how many bytes of memory this context holds. */
  readonly memory: number;
  /** Compresses the next piece. With `flush` the output ends at a byte boundary with `00 00 ff ff`. */
  deflate(piece: Uint8Array, flush: boolean): Uint8Array;
  /** Forgets the window (no context takeover). */
  reset(): void;
  /** Gives the memory back. Idempotent. */
  release(): void;
}

export interface Inflater {
  /** About how many bytes of memory this context holds. */
  readonly memory: number;
  /**
   * Inflates the next piece, giving at most `max` bytes (and it may give fewer at a time). While `pending`, call again
   * with an empty piece. The piece must stay unchanged until then.
   *
   * @returns undefined where the data are not valid DEFLATE; the context is then of no further use
   */
  inflate(piece: Uint8Array, max: number): Uint8Array | undefined;
  /** True while more output waits. */
  readonly pending: boolean;
  /** Forgets the window (no context takeover). */
  reset(): void;
  /** Gives the memory back. Idempotent. */
  release(): void;
}
