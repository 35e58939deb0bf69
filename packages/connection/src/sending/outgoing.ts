/**
 * Messages that take more than one turn to send: a stream of parts, or a long message that is compressed slice by
 * slice. One at a time; whatever is sent meanwhile waits behind it, in order.
 */
import type { SendableStream } from "../sendable.ts";
import type { OutgoingOwner } from "./outgoing-owner.ts";
import { PartSender } from "./part-sender.ts";
import type { TurnTask } from "./turn-queue.ts";

/** A message over this size is compressed in slices; each takes a few milliseconds at most. */
export const SLICED_FROM: number = 128 * 1024;
const SLICE = 64 * 1024;
const NOTHING = new Uint8Array(0);

export class Outgoing implements TurnTask {
  /** Bytes that wait here, not encoded yet. */
  waitingBytes = 0;
  readonly #owner: OutgoingOwner;
  #waiting: (() => void)[] = [];
  #busy = false;
  #stopped = false;
  #sliced: Uint8Array = NOTHING;
  #slicedAt = 0;
  #stopStream: (() => void) | undefined;

  constructor(owner: OutgoingOwner) {
    this.#owner = owner;
  }

  /** True while something is under way: other messages must go through `later`. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Runs `send` when what is under way is done. `bytes` are counted as waiting until then. */
  later(bytes: number, send: () => void): void {
    this.waitingBytes += bytes;
    this.#waiting.push(() => {
      this.waitingBytes -= bytes;
      send();
    });
  }

  /** Compresses a long message slice by slice, one a macrotask, and sends it as one frame. */
  sliced(kind: "text" | "binary", payload: Uint8Array, compress: boolean | undefined): void {
    this.#busy = true;
    this.#sliced = payload;
    this.#slicedAt = 0;
    this.waitingBytes += payload.length;
    this.#owner.protocol.beginMessage(kind, payload.length, compress);
    this.runTurn();
  }

  runTurn(): void {
    if (this.#stopped) return;
    const from = this.#slicedAt;
    const to = Math.min(from + SLICE, this.#sliced.length);
    const last = to === this.#sliced.length;
    this.#slicedAt = to;
    this.#owner.protocol.sendPiece(this.#sliced.subarray(from, to), last);
    if (!last) {
      this.#owner.turns.add(this);
      return;
    }
    this.waitingBytes -= this.#sliced.length;
    this.#sliced = NOTHING;
    this.#owner.sent();
    this.#next();
  }

  /** Sends the parts of `source` as one fragmented message (RFC 6455 section 5.4), as fast as the peer takes them. */
  stream(source: SendableStream, compress: boolean | undefined): Promise<void> {
    if (this.#busy) {
      return new Promise((resolve, reject) => {
        this.later(0, () => this.#runStream(source, compress).then(resolve, reject));
      });
    }
    return this.#runStream(source, compress);
  }

  /** The application closes: a stream under way is broken off, which a Close frame may do; the rest is sent first. */
  stopStream(): void {
    this.#stopStream?.();
  }

  /** The connection is over. */
  stop(): void {
    this.#stopped = true;
    this.#waiting = [];
    this.#sliced = NOTHING;
    this.waitingBytes = 0;
    this.#stopStream?.();
  }

  #runStream(source: SendableStream, compress: boolean | undefined): Promise<void> {
    if (this.#stopped || !this.#owner.protocol.sendable) return Promise.reject(new Error("the connection is closed"));
    this.#busy = true;
    const iterator = source[Symbol.asyncIterator]();
    const parts = new PartSender(this.#owner, compress);
    return new Promise((resolve, reject) => {
      this.#stopStream = () => {
        this.#stopStream = undefined;
        parts.stopped = true;
        // Not awaited: a source that never settles must not hold the connection.
        Promise.resolve(iterator.return?.()).catch(() => {});
        // What waits cannot follow a message that was begun and will not end.
        if (parts.begun) this.#waiting = [];
        reject(new Error("the connection was closed before the message was complete"));
        this.#next();
      };
      parts.run(iterator).then(
        () => {
          if (parts.stopped) return;
          this.#stopStream = undefined;
          resolve();
          this.#next();
        },
        (error) => {
          if (parts.stopped) return;
          this.#stopStream = undefined;
          reject(error);
          if (parts.begun) this.#owner.onBrokenOff(error);
          this.#next();
        },
      );
    });
  }

  #next(): void {
    this.#busy = false;
    while (!this.#busy) {
      const send = this.#waiting.shift();
      if (send === undefined) {
        this.#owner.onOutgoingIdle();
        return;
      }
      send();
    }
  }
}
