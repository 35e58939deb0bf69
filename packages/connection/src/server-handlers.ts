/** What an application writes for a server: the same on every adapter. */
import type { HeaderFields, HeaderInit } from "@samewire/codec";
import type { CompressionOptions } from "./compression/compression-options.ts";
import type { ConnectionHandlers } from "./handlers.ts";
import type { Bytes } from "./message.ts";
import type { Refusal } from "./opening/refusal.ts";
import type { PeerInfo } from "./socket.ts";
import type { WebSocketConnection } from "./web-socket-connection.ts";

/** An opening handshake that asks to be accepted (RFC 6455 section 4.2.1), or the plain HTTP request beside it. */
export interface OpeningRequest {
  readonly method: string;
  /** The request target as sent: path and query. */
  readonly target: string;
  /** The target without its query. */
  readonly path: string;
  /** What follows `?` in the target, or an empty string. */
  readonly query: string;
  /** Host and port that the client addressed: from the target where that is a whole URI, else the value of `Host`. */
  readonly host: string;
  /** The value of `Origin`; null where there is none, as from anything but a browser. */
  readonly origin: string | null;
  readonly headers: HeaderFields;
  /** The subprotocols offered, in the client's order of preference. */
  readonly subprotocols: readonly string[];
  readonly peer: PeerInfo;
  /** Aborts when the peer is gone, or the handshake has taken too long. */
  readonly signal: AbortSignal;
}

/** How an upgrade is accepted. */
export interface Acceptance<C> {
  /** Kept as `socket.context`. */
  readonly context?: C | undefined;
  /** Header fields to add to the 101 response; not those of the handshake itself. */
  readonly headers?: HeaderInit | undefined;
  /** One of those offered; by default the first of the server's `subprotocols` that was. */
  readonly subprotocol?: string | undefined;
  /** permessage-deflate on this connection, instead of the server's option. */
  readonly compression?: boolean | CompressionOptions | undefined;
  /** Not here: a response is made by `refuse`. */
  readonly status?: never;
  /** Not here: a response is made by `refuse`. */
  readonly body?: never;
}

/** What `upgrade` returns; nothing accepts. */
export type UpgradeResult<C> = Acceptance<C> | Refusal | undefined;

/** The answer to a plain HTTP request. */
export interface PlainResponse {
  /** 200 to 999. Default 200. */
  readonly status?: number | undefined;
  readonly headers?: HeaderInit | undefined;
  readonly body?: string | Bytes | undefined;
}

/** The handlers of a server beside those of its connections. */
export interface ServerHandlers<C = undefined> extends ConnectionHandlers<WebSocketConnection<C>> {
  /**
   * Decides on an opening handshake that is in order. Returning nothing accepts it; anything else that is neither an
   * acceptance nor a refusal is an error, and answered with 500.
   */
  upgrade?(request: OpeningRequest): UpgradeResult<C> | Promise<UpgradeResult<C>>;
  /**
   * Plain HTTP on the same port: GET and HEAD without a body, one response a connection. For health checks and a page;
   * for more, attach to a server of your own. What is neither a response nor a refusal is answered with 500. Without the
   * handler the answer is 426.
   */
  request?(request: OpeningRequest): PlainResponse | Refusal | Promise<PlainResponse | Refusal>;
  /**
   * `upgrade`, `request` or the function `origins` threw, or what was returned is no answer, or cannot be sent (a
   * subprotocol that was not offered, a header with a line break): the peer got 500. Without this handler the error is dropped.
   */
  openingError?(request: OpeningRequest, error: unknown): void;
}
