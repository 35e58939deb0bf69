/** One byte stream and the stage it is in: opening handshake, connection, lingering close. What an adapter talks to. */
import type { Deadlines } from "./lifecycle/deadlines.ts";
import { LINGER_BYTES, Linger } from "./lifecycle/linger.ts";
import { Transmitter } from "./sending/transmitter.ts";
import type { TurnQueue } from "./sending/turn-queue.ts";
import type { Socket, SocketHandler } from "./socket.ts";

/** Who keeps a book of the streams there are. */
export interface ChannelOwner {
  /** The last stage of a stream begins. */
  onLinger(channel: Channel): void;
  /** The socket is gone: the last event of a stream. */
  onGone(channel: Channel): void;
}

export class Channel implements SocketHandler {
  readonly socket: Socket;
  readonly transmitter: Transmitter;
  /** Who takes the stream's events now. */
  stage: SocketHandler = NO_STAGE;
  /** True once the peer's FIN has come. */
  inputEnded = false;
  /** True once the socket is gone. */
  closed = false;
  readonly #owner: ChannelOwner | undefined;

  constructor(socket: Socket, turns: TurnQueue, owner?: ChannelOwner) {
    this.socket = socket;
    this.#owner = owner;
    this.transmitter = new Transmitter(socket, turns);
  }

  onBytes(chunk: Uint8Array, memory: number): void {
    if (!this.closed) this.stage.onBytes(chunk, memory);
  }

  onWritable(): void {
    if (!this.closed) this.stage.onWritable();
  }

  onEnd(): void {
    if (this.closed || this.inputEnded) return;
    this.inputEnded = true;
    this.stage.onEnd();
  }

  onClose(reason?: Error): void {
    if (this.closed) return;
    this.closed = true;
    this.stage.onClose(reason ?? this.transmitter.failure);
    this.transmitter.close();
    this.#owner?.onGone(this);
  }

  /** Sends what is to be sent, then FIN, discards input, closes: the end of every stream that is not simply destroyed. */
  linger(deadlines: Deadlines, flushTime: number, allowance: number = LINGER_BYTES): void {
    if (this.closed) return;
    this.#owner?.onLinger(this);
    this.stage = new Linger(this.socket, this.transmitter, deadlines, flushTime, allowance, this.inputEnded);
  }
}

const NO_STAGE: SocketHandler = {
  onBytes: () => {},
  onWritable: () => {},
  onEnd: () => {},
  onClose: () => {},
};
