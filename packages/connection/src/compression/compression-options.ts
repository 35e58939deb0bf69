/**
 * Options of permessage-deflate (RFC 7692). The four that are negotiated bear the names of the RFC and mean the same in
 * either role: `server…` limits what the server sends, `client…` what the client sends.
 */
export interface CompressionOptions {
  /**
   * A message shorter than so many bytes is sent as it is, and leaves no trace in the compressor's history. Messages
   * sent as a stream, whose length is not known, are compressed. Default 256.
   */
  readonly threshold?: number;
  /** 1 (fast) to 9 (small). Default 1. */
  readonly level?: number;
  /** 1 to 9: a compressor's hash tables take 2^(memLevel + 9) bytes. Default 6. */
  readonly memLevel?: number;
  /**
   * The largest LZ77 window with which the server compresses, as a base-2 logarithm: 9 to 15 (section 7.1.2.1). A
   * server never goes over it; a client asks for it. Default: a server 13, a client asks for nothing.
   */
  readonly serverMaxWindowBits?: number;
  /**
   * The largest LZ77 window with which the client compresses: 9 to 15 (section 7.1.2.2). A server asks for it where the
   * client has offered to obey; a client never goes over it. Default: a server asks for nothing, a client 13.
   */
  readonly clientMaxWindowBits?: number;
  /** The server forgets its history after each message (section 7.1.1.1). Default false. */
  readonly serverNoContextTakeover?: boolean;
  /** The client forgets its history after each message (section 7.1.1.2). Default false. */
  readonly clientNoContextTakeover?: boolean;
  /**
   * A message that inflates to more than this many times its compressed size fails the connection with
   * `deflate-ratio` (1009), once it is longer than {@link ratioFloor} and what the history alone explains. 0 turns the
   * guard off. Default 200.
   */
  readonly maxRatio?: number;
  /** Bytes of one message, inflated, below which its ratio is not judged. Default: `maxMessageSize`, so that only streams are judged. */
  readonly ratioFloor?: number;
  /** The memory that the process may spend on compression, shared with others that bear the same budget. Default: 256 MiB for all. */
  readonly budget?: CompressionBudget;
}

/** How much memory the compression of all connections that share it may take. */
export interface CompressionBudget {
  /** Bytes, at most. Beyond three quarters new connections agree without context takeover, beyond all of it they do without compression. */
  readonly limit: number;
  /** Bytes taken or promised now. */
  readonly used: number;
}
