/**
 * The last stage of a stream: our last bytes and FIN go out, input is discarded, and only then is the socket closed. A
 * socket closed with input unread sends a reset, which makes the peer's system throw our last bytes away.
 */
import type { Transmitter } from "../sending/transmitter.ts";
import type { Socket, SocketHandler } from "../socket.ts";
import type { Deadline, DeadlineKind, DeadlineOwner, Deadlines } from "./deadlines.ts";

/** How much more input is read and thrown away, in bytes. */
export const LINGER_BYTES: number = 1024 * 1024;
/** The same for a peer whose message is too large: it nearly always sends all of that before it reads why it was refused. */
export const OVERSIZE_BYTES: number = 64 * 1024 * 1024;
/** How long the peer has to close after our FIN, in milliseconds. */
const LINGER_TIME = 2000;

export class Linger implements SocketHandler, DeadlineOwner {
  readonly #socket: Socket;
  readonly #transmitter: Transmitter;
  readonly #deadlines: Deadlines;
  #deadline: Deadline | undefined;
  /** How much more input may come, in bytes. */
  #allowance: number;
  #inputEnded: boolean;

  /**
   * @param flushTime how long what is still to be sent may take, in milliseconds; 0: no deadline
   * @param allowance how much more input may come, in bytes
   * @param inputEnded whether the peer's FIN has come
   */
  constructor(
    socket: Socket,
    transmitter: Transmitter,
    deadlines: Deadlines,
    flushTime: number,
    allowance: number,
    inputEnded: boolean,
  ) {
    this.#socket = socket;
    this.#transmitter = transmitter;
    this.#deadlines = deadlines;
    this.#allowance = allowance;
    this.#inputEnded = inputEnded;
    this.#transmitter.listener = this;
    if (flushTime > 0) this.#deadline = deadlines.arm(this, "lingering", flushTime);
    transmitter.end();
    this.#check();
  }

  onBytes(chunk: Uint8Array): void {
    this.#allowance -= chunk.length;
    if (this.#allowance < 0) this.#socket.destroy();
  }

  onProgress(): void {
    this.#check();
  }

  onWritable(): void {
    this.#transmitter.onWritable();
  }

  onEnd(): void {
    this.#inputEnded = true;
    this.#check();
  }

  onClose(): void {
    this.#deadlines.disarm(this.#deadline);
    this.#transmitter.close();
  }

  onDeadline(_kind: DeadlineKind): void {
    this.#socket.destroy();
  }

  /** Once our FIN is out: closed if the peer's has come, else the peer has its time. */
  #check(): void {
    if (!this.#transmitter.finished) return;
    this.#transmitter.listener = undefined;
    this.#deadlines.disarm(this.#deadline);
    if (this.#inputEnded) this.#socket.destroy();
    else this.#deadline = this.#deadlines.arm(this, "lingering", LINGER_TIME);
  }
}
