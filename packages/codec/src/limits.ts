/** Every limit of the codec with its default and its reason. All are bytes. */
export interface Limits {
  /**
   * Largest message that is put together in memory, counted after an extension has transformed it back (RFC 6455
   * section 10.4). Over it the connection fails with 1009, as soon as a frame's header declares it.
   */
  readonly maxMessageSize: number;
  /** Largest message that is observed chunk by chunk. No chunk is retained, so that the default is no limit. */
  readonly maxStreamSize: number;
}

export const DEFAULT_LIMITS: Limits = {
  // Room for nearly every message that applications send, and 10,000 hostile peers still fit into 10 GiB.
  maxMessageSize: 1_048_576,
  maxStreamSize: Number.MAX_SAFE_INTEGER,
};

/** How long a message may be that is put together, or shown chunk by chunk. */
export function limitOf(limits: Partial<Limits>, streamed: boolean): number {
  const kind = streamed ? "maxStreamSize" : "maxMessageSize";
  return limits[kind] ?? DEFAULT_LIMITS[kind];
}

/**
 * How many bytes of payload a message of at most `limit` bytes may take on the wire when an extension transforms it.
 * DEFLATE grows incompressible data by a few bytes a block; a peer that flushes tiny blocks may double it. What is
 * beyond that is padding, and refused before it is waited for.
 */
export function transformedSizeLimit(limit: number): number {
  return Math.min(limit * 2 + 65536, Number.MAX_SAFE_INTEGER);
}
