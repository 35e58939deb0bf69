import type { PeerInfo, Socket, SocketHandler } from "@samewire/connection";

/**
 * The Socket port over a socket of `Bun.listen` or `Bun.connect`.
 *
 * Bun keeps nothing: `write` answers how many bytes the kernel (or TLS) took, and `drain` tells when to send the rest.
 */
export class BunSocket implements Socket {
  readonly #peer: PeerInfo;
  readonly #socket: Bun.Socket<BunSocket | undefined>;
  #handler: SocketHandler | undefined;
  /** Bun announces `drain` at other times, too; only after a write that was taken in part is it an answer. */
  #short = false;
  /** A write has found the connection broken. */
  #broken = false;
  #paused = false;
  #finished = false;
  #destroyed = false;
  #gone = false;
  #peerEnded = false;
  #reason: Error | undefined;
  /** A call to the socket is under way: Bun reports the close from within it, the port afterwards. */
  #calling = false;

  constructor(socket: Bun.Socket<BunSocket | undefined>, secure: boolean) {
    this.#socket = socket;
    const { remoteAddress: address, remotePort: port } = socket;
    this.#peer = { address, port, secure };
  }

  get borrows(): boolean {
    return false;
  }

  start(handler: SocketHandler): void {
    this.#handler = handler;
  }

  write(bytes: Uint8Array): number {
    const length = bytes.byteLength;
    if (this.#finished) return length;
    const taken = this.#socket.write(bytes);
    if (taken >= length) return length;
    if (taken < 0) {
      this.#broken = true;
      this.#tellBroken();
      return length;
    }
    this.#short = true;
    return taken;
  }

  end(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#calling = true;
    this.#socket.shutdown();
    this.#calling = false;
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#finished = true;
    this.#calling = true;
    // Not `terminate` at once, which resets: what the kernel has taken still goes out.
    this.#socket.close();
    // TLS waits with the close for a peer that takes nothing; we do not.
    if (!this.#gone) this.#socket.terminate();
    this.#calling = false;
  }

  pause(): void {
    this.#paused = true;
    this.#socket.pause();
    this.#tellBroken();
  }

  resume(): void {
    this.#paused = false;
    this.#socket.resume();
  }

  /** Bun tells of a broken connection when it reads, and of one that a write has found broken then only. */
  #tellBroken(): void {
    if (this.#broken && this.#paused) queueMicrotask(() => this.failed(new Error("the connection was reset")));
  }

  peer(): PeerInfo {
    return this.#peer;
  }

  /** @internal Bun makes an array of its own for each read. */
  received(chunk: Uint8Array): void {
    this.#handler?.onBytes(chunk, chunk.byteLength);
  }

  /** @internal */
  drained(): void {
    if (!this.#short) return;
    this.#short = false;
    if (!this.#destroyed) this.#handler?.onWritable();
  }

  /** @internal */
  ended(): void {
    if (this.#peerEnded) return;
    this.#peerEnded = true;
    this.#handler?.onEnd();
  }

  /** @internal */
  failed(error: Error): void {
    this.#reason = error;
    this.destroy();
  }

  /** @internal */
  closed(error: Error | undefined): void {
    this.#finished = true;
    this.#gone = true;
    if (this.#calling) {
      queueMicrotask(() => this.closed(error));
      return;
    }
    const handler = this.#handler;
    if (handler === undefined) return;
    // Where our FIN went first, Bun answers the peer's with `close` alone.
    if (error === undefined && !this.#destroyed) this.ended();
    this.#handler = undefined;
    handler.onClose(this.#reason ?? (this.#destroyed ? undefined : error));
  }
}
