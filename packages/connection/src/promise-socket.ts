import { ReadBuffer } from "./read-buffer.ts";
import { LENT, LENT_CHUNK, type PeerInfo, type Socket, type SocketHandler } from "./socket.ts";

/**
 * The Socket port over a runtime that reads and writes by promises. A subclass begins the runtime's operations and
 * passes their outcome on; what the port asks for beyond that is here: one read and one write at a time, writes that
 * take a part, a pause that holds back what a pending read brings, FIN behind the data, `onClose` once and last.
 *
 * The outcomes are methods bound once, to be passed to both sides of `then`: a closure per read would be garbage per
 * message, and more of them memory per connection.
 */
export abstract class PromiseSocket implements Socket {
  /** Memory for reads. */
  protected readonly input: ReadBuffer = new ReadBuffer();
  #handler: SocketHandler | undefined;
  /** What is being written; lent to us. */
  #output: Uint8Array | undefined;
  #reading = false;
  #paused = false;
  /** What a read brought during a pause; null is the peer's FIN. */
  #arrived: number | null | undefined;
  #finished = false;
  #finSent = false;
  #peerEnded = false;
  #destroyed = false;
  #reason: Error | undefined;

  /** Reads into `input.bytes`; then `didRead`. */
  protected abstract beginRead(): void;
  /** Writes; then `didWrite`. */
  protected abstract beginWrite(bytes: Uint8Array): void;
  /** Sends FIN; then `didEnd`, also where that failed: a broken socket tells so by its read. */
  protected abstract beginEnd(): void;
  /** Closes; a pending read then fails. */
  protected abstract closeNow(): void;
  /** Called last, after `onClose`. */
  protected didClose(): void {}
  abstract peer(): PeerInfo;

  /** Starts delivering events. */
  start(handler: SocketHandler): void {
    this.#handler = handler;
    this.#read();
  }

  write(bytes: Uint8Array): number {
    if (this.#finished || bytes.byteLength === 0) return bytes.byteLength;
    this.#output = bytes;
    this.beginWrite(bytes);
    return LENT;
  }

  end(): void {
    if (this.#finished) return;
    this.#finished = true;
    if (this.#output === undefined) this.beginEnd();
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#finished = true;
    this.closeNow();
    // A pending read fails and tells; otherwise there is no event of the runtime's to wait for.
    if (!this.#reading) Promise.resolve().then(() => this.#closed());
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    if (this.#arrived === undefined) this.#read();
    else Promise.resolve().then(() => this.#deliver());
  }

  /** How many bytes a read brought, null for the peer's FIN, or why it failed. */
  protected readonly didRead = (outcome: number | null | Error): void => {
    this.#reading = false;
    if (this.#destroyed) {
      this.#closed();
    } else if (outcome === null || typeof outcome === "number") {
      this.#arrived = outcome;
      this.#deliver();
    } else {
      this.#fail(outcome);
    }
  };

  /** How many bytes a write took, or why it failed. */
  protected readonly didWrite = (outcome: number | Error): void => {
    if (this.#destroyed) return;
    if (typeof outcome !== "number") {
      this.#fail(outcome);
      return;
    }
    const output = this.#output as Uint8Array;
    if (outcome < output.byteLength) {
      this.#output = output.subarray(outcome);
      this.beginWrite(this.#output);
      return;
    }
    this.#output = undefined;
    if (this.#finished) this.beginEnd();
    else this.#handler?.onWritable();
  };

  protected didEnd(): void {
    this.#finSent = true;
    // Both directions have ended: nothing is left to wait for.
    if (this.#peerEnded) this.destroy();
  }

  /** The socket is broken. */
  #fail(error: Error): void {
    this.#reason = error;
    this.destroy();
  }

  #read(): void {
    if (this.#reading || this.#arrived !== undefined || this.#peerEnded || this.#destroyed) return;
    this.#reading = true;
    this.beginRead();
  }

  #deliver(): void {
    const count = this.#arrived;
    if (this.#paused || this.#destroyed || count === undefined) return;
    if (count === null) {
      this.#arrived = undefined;
      this.#peerEnded = true;
      this.#handler?.onEnd();
      if (this.#finSent) this.destroy();
      return;
    }
    const { bytes } = this.input;
    // `#arrived` is still set, so that the handler cannot start a read into the memory that it is looking at.
    this.#handler?.onBytes(count === bytes.byteLength ? bytes : bytes.subarray(0, count), LENT_CHUNK);
    this.#arrived = undefined;
    this.input.advance(count);
    if (!this.#paused) this.#read();
  }

  #closed(): void {
    const handler = this.#handler;
    if (handler === undefined) return;
    this.#handler = undefined;
    this.input.release();
    handler.onClose(this.#reason);
    this.didClose();
  }
}
