/**
 * The last stage of a stream: our last bytes and FIN go out, input is discarded, and only then is the socket closed. A
 * socket closed with input unread sends a reset, which makes the peer's system throw our last bytes away.
 */
import type { ProgressListener, Transmitter } from "../sending/transmitter.ts";
import type { Socket, SocketHandler } from "../socket.ts";
import type { Deadline, DeadlineOwner, Deadlines } from "./deadlines.ts";

/** How much more input is read and thrown away, in bytes. */
export const LINGER_BYTES: number = 1024 * 1024;
/** The same for a peer whose message is too large: it nearly always sends all of that before it reads why it was refused. */
export const OVERSIZE_BYTES: number = 64 * 1024 * 1024;
/** How long the peer has to close after our FIN, in milliseconds. */
const LINGER_TIME = 2000;

/** The stream that lingers. */
export interface LingeringStream {
  readonly socket: Socket;
  readonly transmitter: Transmitter;
  /** True once the peer's FIN has come. */
  readonly inputEnded: boolean;
}

export class Linger implements SocketHandler, DeadlineOwner, ProgressListener {
  readonly #stream: LingeringStream;
  readonly #deadlines: Deadlines;
  #deadline: Deadline | undefined;
  /** How much more input may come, in bytes. */
  #allowance: number;

  /**
   * @param flushTime how long what is still to be sent may take, in milliseconds; 0: no deadline
   * @param allowance how much more input may come, in bytes
   */
  constructor(stream: LingeringStream, deadlines: Deadlines, flushTime: number, allowance: number) {
    this.#stream = stream;
    this.#deadlines = deadlines;
    this.#allowance = allowance;
    stream.transmitter.listener = this;
    if (flushTime > 0) this.#deadline = deadlines.arm(this, "lingering", flushTime);
    stream.transmitter.end();
    this.#check();
  }

  onBytes(chunk: Uint8Array): void {
    this.#allowance -= chunk.length;
    if (this.#allowance < 0) this.#stream.socket.destroy();
  }

  onProgress(): void {
    this.#check();
  }

  onWritable(): void {
    this.#stream.transmitter.onWritable();
  }

  onEnd(): void {
    this.#check();
  }

  onClose(): void {
    this.#deadlines.disarm(this.#deadline);
  }

  onDeadline(): void {
    this.#stream.socket.destroy();
  }

  /** Once our FIN is out: closed if the peer's has come, else the peer has its time. */
  #check(): void {
    if (!this.#stream.transmitter.finished) return;
    this.#stream.transmitter.listener = undefined;
    this.#deadlines.disarm(this.#deadline);
    if (this.#stream.inputEnded) this.#stream.socket.destroy();
    else this.#deadline = this.#deadlines.arm(this, "lingering", LINGER_TIME);
  }
}
