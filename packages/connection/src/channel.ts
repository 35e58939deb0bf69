/** One byte stream and the stage it is in: opening handshake, connection, lingering close. What an adapter talks to. */
import type { Deadlines } from "./lifecycle/deadlines.ts";
import { LINGER_BYTES, Linger } from "./lifecycle/linger.ts";
import { Transmitter } from "./sending/transmitter.ts";
import type { TurnQueue, TurnTask } from "./sending/turn-queue.ts";
import type { Socket, SocketHandler } from "./socket.ts";

/** Who keeps account of the streams there are. */
export interface ChannelOwner {
  /** The last stage of a stream begins. */
  onLinger(channel: Channel): void;
  /** The socket is gone: the last event of a stream. */
  onGone(channel: Channel): void;
}

/** A chunk of this size fills a read buffer, or a TLS record: a runtime may hand over the next one in the same turn. */
const LARGE_CHUNK = 16 * 1024;

// What reading waits for, as bits: the stage's `resume`, the end of a rest.
const NOTHING = 0;
const STAGE = 1;
const REST = 2;

export class Channel implements SocketHandler, TurnTask {
  readonly socket: Socket;
  readonly transmitter: Transmitter;
  /** The receiver of the stream's events now. */
  stage: SocketHandler = NO_STAGE;
  /** True once the peer's FIN has come. */
  inputEnded = false;
  /** True once the socket is gone. */
  closed = false;
  readonly #owner: ChannelOwner | undefined;
  #holds = NOTHING;

  constructor(socket: Socket, turns: TurnQueue, owner?: ChannelOwner) {
    this.socket = socket;
    this.#owner = owner;
    this.transmitter = new Transmitter(socket, turns);
  }

  onBytes(chunk: Uint8Array, memory: number): void {
    if (this.closed) return;
    const { turns } = this.transmitter;
    if (chunk.length < LARGE_CHUNK) {
      // That was all that there was: nothing follows at once.
      turns.breakOff();
      this.stage.onBytes(chunk, memory);
      return;
    }
    const began = turns.now();
    this.stage.onBytes(chunk, memory);
    // One chunk may hold ten thousand frames.
    if (!this.closed && turns.spend(this, turns.now() - began)) this.#rest();
  }

  /** Stops reading until {@link resume}. */
  pause(): void {
    this.#holds |= STAGE;
    this.socket.pause();
  }

  /** Reads on, at once or after the others. */
  resume(): void {
    this.#holds &= ~STAGE;
    if (this.#holds === NOTHING) this.socket.resume();
  }

  /** Reading stops for a turn of the event loop. */
  #rest(): void {
    if ((this.#holds & REST) !== 0) return;
    this.#holds |= REST;
    this.socket.pause();
    this.transmitter.turns.addLong(this);
  }

  /** The next chunk may take as long. */
  get endsTurn(): boolean {
    return true;
  }

  /** The end of a rest. */
  runTurn(): void {
    this.#holds &= ~REST;
    if (!this.closed && this.#holds === NOTHING) this.socket.resume();
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
    this.transmitter.turns.breakOff();
    this.#owner?.onGone(this);
  }

  /** Sends what is to be sent, then FIN, discards input, closes: the end of every stream that is not simply destroyed. */
  linger(deadlines: Deadlines, flushTime: number, allowance: number = LINGER_BYTES): void {
    if (this.closed) return;
    this.#owner?.onLinger(this);
    this.resume();
    this.stage = new Linger(this, deadlines, flushTime, allowance);
  }
}

const NO_STAGE: SocketHandler = {
  onBytes: () => {},
  onWritable: () => {},
  onEnd: () => {},
  onClose: () => {},
};
