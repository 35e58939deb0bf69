import type { TlsOptions } from "./options.ts";
import type { Accept } from "./socket.ts";

/** Where a client's connection goes. */
export interface DialTarget {
  readonly host: string;
  readonly port: number;
  /** Undefined for `ws:`. */
  readonly tls: TlsOptions | undefined;
  /** Path of a Unix socket instead of host and port. */
  readonly path: string | undefined;
  /** Aborts when the attempt is given up; the adapter then closes what it has begun. */
  readonly signal: AbortSignal;
}

/**
 * Opens a byte stream: TCP, TLS (the certificate checked) or a Unix socket. On success the adapter calls `attach` once
 * with the socket, delivers its events to the handler it gets back, and resolves. It rejects with the runtime's error.
 */
export type Dial = (target: DialTarget, attach: Accept) => Promise<void>;
