/**
 * The port between a runtime's byte stream and the protocol: what an adapter implements, and what it calls.
 * Nothing here knows WebSocket; an implementation is about a hundred lines.
 */

/** The answer of {@link Socket.write} that says: all of it will be sent, but the memory is not yours until `onWritable`. */
export const LENT = -1;

/** The `memory` of a chunk that is valid during the call only: what is to be kept of it must be copied. */
export const LENT_CHUNK: number = Infinity;

/** Who is at the other end, as far as the runtime knows. */
export interface PeerInfo {
  /**
   * The peer's IP address; undefined for a Unix socket or where the runtime does not tell. A client in workerd has the name
   * that it dialled.
   */
  readonly address?: string | undefined;
  /** The peer's port. */
  readonly port?: number | undefined;
  /** Whether the bytes travel in TLS. */
  readonly secure: boolean;
}

/** One byte stream of a runtime: what an adapter implements. */
export interface Socket {
  /**
   * False where `write` never answers {@link LENT}: what leaves in one turn is then gathered in larger buffers, since none
   * of them is kept. By default true.
   */
  readonly borrows?: boolean;
  /**
   * Sends bytes, never blocking and never throwing.
   *
   * @returns n >= 0: the first n bytes are copied or in the kernel; the connection keeps the rest and sends it again
   *   after `onWritable` (where n is the whole length, the next write may follow at once).
   *   {@link LENT}: all will be sent, the memory must not change and no second write is allowed until `onWritable`.
   *   On a socket that is closed or broken: the whole length (the bytes are gone; `onClose` tells).
   */
  write(bytes: Uint8Array): number;
  /** Sends FIN after everything written so far; input is still delivered. Idempotent. */
  end(): void;
  /** Closes at once; `onClose` follows (never synchronously from within this call). Idempotent. */
  destroy(): void;
  /** Stops reading, so that the peer feels TCP backpressure. At most what was already read is still delivered. */
  pause(): void;
  /** Reads on. Of several calls to `pause` and `resume` the last one counts. */
  resume(): void;
  /** Who is at the other end. The same answer when the socket is closed. */
  peer(): PeerInfo;
}

/** What an adapter calls. Each call is made from the runtime's own event, never from within a call to the socket. */
export interface SocketHandler {
  /**
   * Bytes arrived. The receiver may change the chunk.
   *
   * @param memory how many bytes a view of the chunk keeps alive: its length, where it has memory of its own, which is
   *   the receiver's from now on. {@link LENT_CHUNK}: the adapter reads into it again after the call
   */
  onBytes(chunk: Uint8Array, memory: number): void;
  /** A write that was taken in part, or lent, has been taken in full. Only then called. */
  onWritable(): void;
  /** The peer sent FIN: no more input. */
  onEnd(): void;
  /** The socket is gone, exactly once and last; with a reason where it broke (reset, TLS failure). */
  onClose(reason?: Error): void;
}

/** Takes over a socket that an adapter has opened, and answers with the handler of its events. */
export type Accept = (socket: Socket) => SocketHandler;
