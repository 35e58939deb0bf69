/**
 * The port of a raw DEFLATE implementation (RFC 1951) for permessage-deflate. Synchronous, with its context kept from
 * call to call. Every array given back may be a view of a buffer that all contexts of the engine share: it is valid
 * only until the next call on any of them. What is passed in is neither changed nor kept.
 */
export interface DeflateEngine {
  /** Which one is in use, for example `zlib` or `pako`. */
  readonly name: string;
  /** How many bytes, input and output together, are inflated in an eighth of the time that others may wait: in about 1 ms. */
  readonly decodeSlice: number;
  /** How many bytes to compress at a time, so that others do not wait for too long. May grow, and never shrinks. */
  encodeSlice(options: DeflaterOptions): number;
  /** About how many bytes a compressor of these options holds. */
  deflaterMemory(options: DeflaterOptions): number;
  /** About how many bytes an inflater of these options holds. */
  inflaterMemory(options: InflaterOptions): number;
  createDeflater(options: DeflaterOptions): Deflater;
  createInflater(options: InflaterOptions): Inflater;
}

/** What a compressor is made for. */
export interface DeflaterOptions {
  /** The base-2 logarithm of the LZ77 window: 9 to 15 (RFC 7692 section 7.1.2). */
  readonly windowBits: number;
  /** 1 (fast) to 9 (small). */
  readonly level: number;
  /** 1 to 9: memory for what is not yet written, 2^(memLevel + 8) bytes, and in some libraries for the hash table. */
  readonly memLevel: number;
}

/** What an inflater is made for. */
export interface InflaterOptions {
  /** The base-2 logarithm of the LZ77 window: 9 to 15. */
  readonly windowBits: number;
}

/** A compressor of one direction of a connection: its window goes on from message to message until `reset`. */
export interface Deflater {
  /**
   * Compresses the next piece of a message. With `flush` all that was fed comes out, and ends at a byte boundary with
   * the `00 00 ff ff` of an empty stored block; with `last` as well, less these four, which a message goes without (RFC
   * 7692 section 7.2.1). At least one byte must be fed for a flush, or `last`.
   */
  deflate(piece: Uint8Array, last: boolean, flush?: boolean): Uint8Array;
  /** Forgets the window (no context takeover). */
  reset(): void;
  /** Gives the memory back. Idempotent; the context is then of no further use. */
  release(): void;
}

/** An inflater of one direction of a connection: its window goes on from message to message until `reset`. */
export interface Inflater {
  /**
   * Inflates the next piece of a message, giving at most `max` bytes (and it may give fewer at a time). With `last` the
   * `00 00 ff ff` that the sender left out follows the piece (RFC 7692 section 7.2.2). A block with BFINAL set is no end:
   * what follows is read on, the window unbroken (section 7.2.3.4).
   *
   * @returns undefined where the data are not valid DEFLATE; the context is then of no further use
   */
  inflate(piece: Uint8Array, last: boolean, max: number): Uint8Array | undefined;
  /** True while more output waits: call again with an empty piece and the same `last`. */
  readonly pending: boolean;
  /** True where the last call read to the end of a block with BFINAL set: what follows takes a new context. */
  readonly ended: boolean;
  /** Work that the last call did or made necessary beyond its input and output, as the bytes that would have cost as much. */
  readonly overhead: number;
  /** Bytes of history held beside the context, to fill new ones with. */
  readonly history: number;
  /** Forgets the window (no context takeover) and what is pending. */
  reset(): void;
  /** Gives the memory back. Idempotent; the context is then of no further use. */
  release(): void;
}
