import type { Duplex } from "node:stream";
import { LENT, type PeerInfo, type Socket, type SocketHandler } from "@samewire/connection";

const OWNER: unique symbol = Symbol("samewire socket");

/** A stream that carries its {@link NodeSocket}, so that one set of listeners serves every connection. */
interface OwnedStream extends Duplex {
  [OWNER]: NodeSocket;
  readonly remoteAddress?: string;
  readonly remotePort?: number;
}

/**
 * The Socket port over a Duplex of `node:net`, `node:tls` or an `upgrade` event, on Node, Bun and Deno.
 *
 * The stream itself keeps what the kernel did not take, so a write is either gone (`writableLength` is back at 0 when
 * `write` returns) or lent until the stream calls back.
 */
export class NodeSocket implements Socket {
  readonly copies: boolean;
  protected readonly stream: OwnedStream;
  #handler: SocketHandler | undefined;
  #lent = false;
  /** No more is written: `end` or `destroy` was called, or the socket is gone. */
  protected finished = false;
  #destroyed = false;
  #peerEnded = false;
  #reason: Error | undefined;

  /** Takes the stream over: from here on a reset is an event of this socket, and no unhandled `error`. */
  constructor(stream: Duplex) {
    this.stream = stream as OwnedStream;
    this.stream[OWNER] = this;
    this.copies = (stream as { encrypted?: boolean }).encrypted === true;
    // The peer's FIN must not end our side: what is queued is still sent.
    stream.allowHalfOpen = true;
    stream.on("error", onError);
    stream.on("close", onClose);
  }

  /** Starts delivering events; until then the stream keeps what arrives. */
  start(handler: SocketHandler): void {
    this.#handler = handler;
    const { stream } = this;
    if (stream.closed) queueMicrotask(() => this.closed());
    stream.on("end", onEnd);
    // Makes the stream flow, unless `pause` was called before.
    stream.on("data", onData);
  }

  write(bytes: Uint8Array): number {
    if (this.finished) return bytes.byteLength;
    this.stream.write(bytes, this.onWritten);
    return this.taken(bytes.byteLength);
  }

  end(): void {
    if (this.finished) return;
    this.finished = true;
    this.stream.end();
  }

  destroy(): void {
    this.finished = true;
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
    const { remoteAddress: address, remotePort: port } = this.stream;
    return { address, port, secure: this.copies };
  }

  /** How a write went that the stream has just been given. */
  protected taken(length: number): number {
    if (this.stream.writableLength === 0) return length;
    this.#lent = true;
    return LENT;
  }

  /** Bound once a connection: a closure per write would be garbage per message. */
  protected readonly onWritten = (): void => {
    if (!this.#lent || this.stream.writableLength !== 0) return;
    this.#lent = false;
    if (!this.#destroyed) this.#handler?.onWritable();
  };

  /** @internal */
  received(chunk: Uint8Array): void {
    // Each read of the stream has memory of its own, so it is simply handed over.
    this.#handler?.onBytes(chunk, chunk.buffer.byteLength);
  }

  /** @internal */
  ended(): void {
    this.#peerEnded = true;
    this.#handler?.onEnd();
  }

  /** @internal */
  failed(error: Error): void {
    this.#reason ??= error;
  }

  /** @internal */
  closed(): void {
    const handler = this.#handler;
    if (handler === undefined) return;
    this.#handler = undefined;
    this.finished = true;
    // Bun reports a reset without an `error` event: who closes with neither FIN nor our doing has broken off.
    if (!this.#peerEnded && !this.#destroyed) this.#reason ??= new Error("the connection was reset");
    handler.onClose(this.#destroyed ? undefined : this.#reason);
  }
}

/** A {@link NodeSocket} that can gather two arrays into one write (`writev`); TLS would copy them. */
export class NodeTcpSocket extends NodeSocket {
  writev(header: Uint8Array, payload: Uint8Array): number {
    const length = header.byteLength + payload.byteLength;
    if (this.finished) return length;
    const { stream } = this;
    stream.cork();
    stream.write(header);
    stream.write(payload, this.onWritten);
    stream.uncork();
    return this.taken(length);
  }
}

/** The socket that fits the stream. */
export function nodeSocket(stream: Duplex): NodeSocket {
  return (stream as { encrypted?: boolean }).encrypted === true ? new NodeSocket(stream) : new NodeTcpSocket(stream);
}

function onData(this: Duplex, chunk: Uint8Array): void {
  (this as OwnedStream)[OWNER].received(chunk);
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
