/** The options that every adapter shares: limits, deadlines, water marks, policy. Each adapter adds only how to listen or dial. */
import type { HeaderInit } from "@samewire/codec";
import type { CompressionOptions } from "./compression/compression-options.ts";

/** Options of a connection in either role. Sizes are bytes, times are milliseconds; 0 turns a deadline off. */
export interface ConnectionOptions {
  /** Largest message that is accepted, in bytes after inflating. Over it: close 1009. Default 1 MiB. */
  readonly maxMessageSize?: number | undefined;
  /**
   * Largest message that is accepted as a stream (the `stream` handler, `receiveStream`), which is never held in
   * memory as a whole. Default: no limit.
   */
  readonly maxStreamSize?: number | undefined;
  /** Largest opening handshake head. Over it: 431. Default 16 KiB. */
  readonly maxHeadSize?: number | undefined;
  /** Most header lines in an opening handshake. Over it: 431. Default 100. */
  readonly maxHeaders?: number | undefined;
  /** Time for the whole opening handshake, the `upgrade` handler and (for a client) dialling included. Default 10 s. */
  readonly handshakeTimeout?: number | undefined;
  /**
   * Time from our Close frame, or any other last bytes, until TCP is closed (RFC 6455 section 7.1.1); half of it is for handlers
   * that are pending when the peer's Close frame comes. Default 10 s. With 0 a
   * peer that takes nothing, or does not answer, keeps its connection. After our FIN it has 2 s in any case.
   */
  readonly closeTimeout?: number | undefined;
  /** A Ping is sent when the peer has neither sent nor taken anything for this long. Default 0: no keepalive. */
  readonly pingInterval?: number | undefined;
  /** Time for the peer to send or take anything after a keepalive Ping; then the connection is lost (1006). Default 20 s. */
  readonly pongTimeout?: number | undefined;
  /** Closes with 1001 when no data message was received for this long. Default 0: never. */
  readonly idleTimeout?: number | undefined;
  /** Closes with 1001 when the connection has lived this long. Default 0: never. */
  readonly maxLifetime?: number | undefined;
  /** Bytes waiting to be sent from which on `send` returns false. Default 64 KiB. */
  readonly highWaterMark?: number | undefined;
  /** Bytes waiting to be sent at which, after more than the high-water mark, there is room again. Default 16 KiB. */
  readonly lowWaterMark?: number | undefined;
  /** While more bytes than this wait to be sent no message is accepted; the one that goes over it still is. Default 16 MiB. */
  readonly maxBufferedAmount?: number | undefined;
  /** What `send` does beyond `maxBufferedAmount`: `close` closes with 1013, `drop` drops the message. Default `close`. */
  readonly overflow?: "close" | "drop" | undefined;
  /**
   * Bytes of messages received and not yet handled from which on reading pauses; each message, and each chunk of a stream,
   * counts for 64 more. Default 64 KiB.
   */
  readonly receiveHighWaterMark?: number | undefined;
  /** Answer a Ping with a Pong by itself (RFC 6455 section 5.5.2). Default true; if false, call `pong` in the `ping` handler. */
  readonly autoPong?: boolean | undefined;
  /** permessage-deflate (RFC 7692): `true` for the defaults. Default false. */
  readonly compression?: boolean | CompressionOptions | undefined;
}

/** Options of a server beyond those of its connections. */
export interface ServerPolicy extends ConnectionOptions {
  /** Subprotocols the server speaks, in order of preference; the first that the client offered is chosen. */
  readonly subprotocols?: readonly string[] | undefined;
  /**
   * Which `Origin`s may connect (RFC 6455 section 10.2): `"same-origin"` (the default), `"any"`, a list of origins, or
   * a function. A request without `Origin` does not come from a browser and passes; `null`, and what is no origin, is
   * refused without asking the function. If that throws, the answer is 500.
   */
  readonly origins?: "same-origin" | "any" | readonly string[] | ((origin: string) => boolean) | undefined;
  /** Behind a proxy of your own: `X-Forwarded-Host` takes the place of `Host` in the same-origin check. Default false. */
  readonly trustProxy?: boolean | undefined;
  /**
   * Most connections at a time, opening handshakes included; one more is refused with 503. Default: no limit. As many
   * again, and at least 64, may be over and wait for the peer to close; one more is cut off.
   */
  readonly maxConnections?: number | undefined;
}

/** Options of a client beyond those of its connection. */
export interface ClientOptions extends ConnectionOptions {
  /** Header fields to add to the request; not those that the handshake itself sets. */
  readonly headers?: HeaderInit | undefined;
  /** Subprotocols to offer, in order of preference. */
  readonly subprotocols?: readonly string[] | undefined;
  /** The `Origin` to send; by default none. */
  readonly origin?: string | undefined;
  /** Gives up connecting when it aborts. After the connection is open it has no effect. */
  readonly signal?: AbortSignal | undefined;
}

/** TLS material, the same on every runtime: PEM text. */
export interface TlsOptions {
  /** Certificate chain. */
  readonly cert?: string | undefined;
  /** Private key. */
  readonly key?: string | undefined;
  /** Certificate authorities to trust instead of the runtime's own; on Deno in addition to them. */
  readonly ca?: string | readonly string[] | undefined;
  /** The name to expect in the server's certificate, and to send in SNI; by default the URL's host. */
  readonly serverName?: string | undefined;
}
