/**
 * Messages that take more than one turn to send: a stream of parts, or a long message that is compressed slice by
 * slice. One at a time; whatever is sent meanwhile waits behind it, in order.
 */
import type { MessageExtension } from "@samewire/codec";
import { Fifo } from "../fifo.ts";
import type { SendableStream } from "../sendable.ts";
import { ignoreRejection } from "../thenable.ts";
import type { OutgoingOwner } from "./outgoing-owner.ts";
import { PartSender } from "./part-sender.ts";
import type { TurnTask } from "./turn-queue.ts";

const NOTHING = new Uint8Array(0);
/** What a message that waits costs beside its bytes, in memory and in time: an empty one, too. */
const WAITING_COST = 256;
/** This much of what waited goes in one turn of the event loop where nothing is compressed, which would take longer. */
const TURN_COST = 512 * 1024;

/** A message that waits for its turn. */
interface Waiting {
  readonly cost: number;
  send(): void;
  /** It will not be sent. */
  drop(): void;
}

export class Outgoing implements TurnTask {
  /** What waits here, not encoded yet: its bytes, and for each message what it costs beside them. */
  waitingBytes = 0;
  readonly #owner: OutgoingOwner;
  readonly #waiting = new Fifo<Waiting>();
  #busy = false;
  /** No stream may begin: the application has closed. */
  #closing = false;
  #stopped = false;
  /** Why the connection was lost, if it was. */
  #lost: Error | undefined;
  #sliced: Uint8Array = NOTHING;
  #slicedAt = 0;
  #compressor: MessageExtension | undefined;
  #stopStream: (() => void) | undefined;

  constructor(owner: OutgoingOwner) {
    this.#owner = owner;
  }

  /** True while something is under way: other messages must go through `later`. */
  get busy(): boolean {
    return this.#busy;
  }

  /**
   * Runs `send` when what is under way is done. `bytes` are counted as waiting until then.
   *
   * @param drop called instead of `send` where the connection ends, or nothing may follow what is under way
   */
  later(bytes: number, send: () => void, drop: () => void = IGNORE): void {
    if (this.#stopped) {
      drop();
      return;
    }
    const cost = bytes + WAITING_COST;
    this.waitingBytes += cost;
    this.#waiting.push({ cost, send, drop });
  }

  /** Compresses a long message slice by slice, each in a turn of its own, and sends it as one frame. */
  sliced(kind: "text" | "binary", payload: Uint8Array, extension: MessageExtension): void {
    this.#compressor = extension;
    this.#busy = true;
    this.#sliced = payload;
    this.#slicedAt = 0;
    this.waitingBytes += payload.length;
    this.#owner.protocol.beginMessage(kind, payload.length, true);
    this.runTurn();
  }

  runTurn(): void {
    if (this.#stopped) return;
    if (this.#sliced.length === 0) {
      this.#next();
      return;
    }
    const from = this.#slicedAt;
    const to = Math.min(from + (this.#compressor as MessageExtension).encodeSlice, this.#sliced.length);
    const last = to === this.#sliced.length;
    this.#slicedAt = to;
    this.#owner.protocol.sendPiece(this.#sliced.subarray(from, to), last);
    if (!last) {
      this.#owner.turns.addLong(this);
      return;
    }
    this.waitingBytes -= this.#sliced.length;
    this.#sliced = NOTHING;
    this.#owner.sent();
    this.#next(to - from);
  }

  /**
   * Sends the parts of `source` as one fragmented message (RFC 6455 section 5.4), as fast as the peer takes them.
   *
   * @param kind of a source whose parts are bytes, where it is known; by default they are binary
   * @returns a promise that rejects when the message could not be sent whole. Nobody must handle that the connection was
   *   closed, which no more than `send` returning false is an error of the application's.
   */
  stream(source: SendableStream, kind: "text" | "binary" | undefined, compress: boolean | undefined): Promise<void> {
    const outcome = new Outcome();
    const send = (): void => this.#runStream(source, new PartSender(this.#owner, kind, compress), outcome);
    if (this.#busy) {
      this.later(0, send, () => outcome.lose(this.#lost));
    } else {
      send();
      if (!this.#busy) this.#next();
    }
    return outcome.promise;
  }

  /**
   * The application closes: a stream under way is broken off, which a Close frame may do, and none begins; the rest is
   * sent first. So it is where the peer has broken a rule.
   *
   * @param lost why the connection is lost, if it is: the cause of what the streams reject with
   */
  stopStreams(lost: Error | undefined): void {
    this.#closing = true;
    this.#lost ??= lost;
    this.#stopStream?.();
  }

  /** The connection is over. @param lost as for {@link stopStreams} */
  stop(lost: Error | undefined): void {
    this.#closing = true;
    this.#stopped = true;
    this.#lost ??= lost;
    this.#dropWaiting();
    this.#sliced = NOTHING;
    this.waitingBytes = 0;
    this.#stopStream?.();
  }

  #runStream(source: SendableStream, parts: PartSender, outcome: Outcome): void {
    if (this.#closing || !this.#owner.protocol.sendable) {
      outcome.lose(this.#lost);
      return;
    }
    let iterator: AsyncIterator<unknown>;
    // Before the source is asked, which is the application's and may send, or close.
    this.#busy = true;
    try {
      iterator = source[Symbol.asyncIterator]();
    } catch (error) {
      // A stream that somebody else reads, for one. Nothing was sent: whatever waits may follow.
      this.#busy = false;
      outcome.reject(error);
      return;
    }
    if (this.#closing) {
      this.#busy = false;
      giveUp(iterator);
      outcome.lose(this.#lost);
      return;
    }
    this.#stopStream = () => {
      this.#stopStream = undefined;
      parts.stopped = true;
      if (parts.complete) {
        outcome.resolve();
        this.#next();
        return;
      }
      giveUp(iterator);
      if (parts.begun) this.#dropWaiting();
      outcome.lose(this.#lost);
      this.#next();
    };
    parts.run(iterator).then(
      () => {
        if (parts.stopped) return;
        this.#stopStream = undefined;
        outcome.resolve();
        this.#next();
      },
      (error) => {
        if (parts.stopped) return;
        this.#stopStream = undefined;
        giveUp(iterator);
        outcome.reject(error);
        if (parts.begun) {
          // The application hears of it twice: here, where it may not look, and as the error that ends the connection.
          ignoreRejection(outcome.promise);
          this.#closing = true;
          this.#dropWaiting();
          this.#owner.onBrokenOff(error);
        }
        this.#next();
      },
    );
  }

  /** What waits cannot follow a message that was begun and will not end. */
  #dropWaiting(): void {
    for (const { cost, drop } of this.#waiting.takeAll()) {
      this.waitingBytes -= cost;
      drop();
    }
  }

  /**
   * What waits goes on its way: up to the next long message, or until a turn has had as much as it may.
   *
   * @param done bytes that were compressed in this turn already
   */
  #next(done = 0): void {
    const { encodeSlice: share = TURN_COST } = this.#owner.protocol.extension ?? {};
    let spent = done;
    this.#busy = false;
    while (!this.#busy) {
      const next = this.#waiting.shift();
      if (next === undefined) {
        this.#owner.onOutgoingIdle();
        return;
      }
      this.waitingBytes -= next.cost;
      next.send();
      spent += next.cost;
      if (this.#busy || this.#waiting.empty || spent < share) continue;
      this.#busy = true;
      this.#owner.turns.addLong(this);
    }
  }
}

const IGNORE = (): void => {};

/** The promise that `send` gives for a stream. */
class Outcome {
  readonly promise: Promise<void>;
  resolve!: () => void;
  reject!: (error: unknown) => void;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  /** The connection was closed before the message was complete, or lost for a reason that is known. */
  lose(cause: Error | undefined): void {
    ignoreRejection(this.promise);
    const options = cause === undefined ? undefined : { cause };
    this.reject(new Error("the connection was closed before the message was complete", options));
  }
}

/**
 * Tells a source that no more is wanted. Not awaited: one that never settles must not hold the connection, and one that
 * cannot be given up has no say in how that ends. Nor at once: what ends the message may be done within the source's own
 * `next`, where a ReadableStream cannot be cancelled yet.
 */
function giveUp(iterator: AsyncIterator<unknown>): void {
  ignoreRejection(Promise.resolve().then(() => iterator.return?.()));
}
