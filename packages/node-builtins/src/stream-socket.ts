import type { Duplex } from "node:stream";
import { LENT, type PeerInfo, type Socket, type SocketHandler } from "@samewire/connection";

const OWNER: unique symbol = Symbol("samewire socket");

/** A stream that carries its {@link StreamSocket}, so that one set of listeners serves every connection. */
interface OwnedStream extends Duplex {
  [OWNER]: StreamSocket;
  readonly remoteAddress?: string;
  readonly remotePort?: number;
  /** True on TLS. */
  readonly encrypted?: boolean;
}

/**
 * The Socket port over a Duplex, but for how it reads and writes.
 *
 * The stream itself keeps what the kernel did not take, so a write is either gone (`writableLength` is back at 0 when
 * `write` returns) or lent until the stream calls back.
 */
export abstract class StreamSocket implements Socket {
  protected readonly stream: OwnedStream;
  #handler: SocketHandler | undefined;
  /** No more is written: `end` or `destroy` was called, or the socket is gone. */
  #finished = false;
  #destroyed = false;
  #peerEnded = false;
  #reason: Error | undefined;

  /** Takes the stream over: from here on a reset is an event of this socket, and no unhandled `error`. */
  constructor(stream: Duplex) {
    this.stream = stream as OwnedStream;
    this.stream[OWNER] = this;
    // The peer's FIN must not end our side: what is queued is still sent.
    stream.allowHalfOpen = true;
    stream.on("error", onError);
    stream.on("close", onClose);
  }

  /** Starts delivering events; until then the stream keeps what arrives. */
  start(handler: SocketHandler): void {
    this.#handler = handler;
    const { stream } = this;
    // Somebody else has read to the end of a stream, perhaps, before it was ours.
    if (stream.closed) queueMicrotask(() => this.closed());
    else if (stream.readableEnded) queueMicrotask(() => this.ended());
    stream.on("end", onEnd);
    this.read();
  }

  /** Makes the stream flow, unless `pause` was called before. */
  protected abstract read(): void;

  write(bytes: Uint8Array): number {
    if (this.#finished) return bytes.byteLength;
    return this.pass(bytes) ? bytes.byteLength : LENT;
  }

  /** Passes bytes to the stream. Returns whether they are gone; if not, `written` is called when they are. */
  protected abstract pass(bytes: Uint8Array): boolean;

  end(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.stream.end();
  }

  destroy(): void {
    this.#finished = true;
    this.#destroyed = true;
    this.stream.destroy();
  }

  pause(): void {
    this.stream.pause();
  }

  resume(): void {
    this.stream.resume();
  }

  peer(): PeerInfo {
    const { remoteAddress: address, remotePort: port, encrypted = false } = this.stream;
    return { address, port, secure: encrypted };
  }

  protected written(): void {
    if (!this.#destroyed) this.#handler?.onWritable();
  }

  /** @internal */
  received(chunk: Uint8Array, memory: number): void {
    this.#handler?.onBytes(chunk, memory);
  }

  /** @internal */
  ended(): void {
    this.#peerEnded = true;
    this.#handler?.onEnd();
  }

  /** @internal */
  failed(error: Error): void {
    this.#reason ??= error;
    // Over TLS, Node only tells of a failure: the stream stays, and nothing more comes of it.
    this.stream.destroy();
  }

  /** @internal */
  closed(): void {
    const handler = this.#handler;
    if (handler === undefined) return;
    this.#handler = undefined;
    this.#finished = true;
    // Bun reports a reset without an `error` event: who closes with neither FIN nor our doing has broken off.
    if (!this.#peerEnded && !this.#destroyed) this.#reason ??= new Error("the connection was reset");
    handler.onClose(this.#destroyed ? undefined : this.#reason);
  }
}

/** The socket that a stream was given to. */
export function ownerOf(stream: Duplex): StreamSocket {
  return (stream as OwnedStream)[OWNER];
}

function onEnd(this: Duplex): void {
  (this as OwnedStream)[OWNER].ended();
}

function onError(this: Duplex, error: Error): void {
  (this as OwnedStream)[OWNER].failed(error);
}

function onClose(this: Duplex): void {
  (this as OwnedStream)[OWNER].closed();
}
