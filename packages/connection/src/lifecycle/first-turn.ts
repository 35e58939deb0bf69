/**
 * The first turn of a client's connection: what the server sent right behind its response waits for it, so that the
 * application can say how to receive it, whole or as a stream, before it is read.
 */
import type { Channel } from "../channel.ts";
import type { TurnQueue, TurnTask } from "../sending/turn-queue.ts";
import type { SocketHandler } from "../socket.ts";

export class FirstTurn implements SocketHandler, TurnTask {
  readonly #channel: Channel;
  readonly #next: SocketHandler;
  /** Calls that are made once the turn is over. */
  readonly #held: (() => void)[] = [];

  /**
   * @param next the stage that follows
   * @param rest what has come already, now ours
   */
  constructor(channel: Channel, next: SocketHandler, rest: Uint8Array, turns: TurnQueue) {
    this.#channel = channel;
    this.#next = next;
    this.#held.push(() => next.onBytes(rest, rest.length));
    channel.stage = this;
    channel.pause();
    turns.add(this);
  }

  onBytes(chunk: Uint8Array): void {
    // A chunk may only be lent.
    const bytes = new Uint8Array(chunk);
    this.#held.push(() => this.#next.onBytes(bytes, bytes.length));
  }

  onWritable(): void {
    this.#next.onWritable();
  }

  onEnd(): void {
    this.#held.push(() => this.#next.onEnd());
  }

  onClose(reason?: Error): void {
    // Nothing is held back any more by a connection that is gone: its last event is this one.
    this.#release();
    this.#next.onClose(reason);
  }

  runTurn(): void {
    if (this.#channel.stage !== this) return;
    this.#channel.resume();
    this.#release();
  }

  #release(): void {
    this.#channel.stage = this.#next;
    for (const call of this.#held) if (this.#channel.stage === this.#next) call();
  }
}
