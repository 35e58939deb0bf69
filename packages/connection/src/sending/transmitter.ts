/**
 * The way out: what is encoded during a turn leaves in one write. Holds the bytes that the socket has not taken,
 * knows whether it is blocked, and ends the stream when all has left. The outlet of a connection's protocol.
 */
import type { Outlet } from "@samewire/codec";
import { LENT, type Socket } from "../socket.ts";
import { giveScratch, isScratch, LARGEST_LENT, LARGEST_SCRATCH, newBuffer, takeScratch } from "./scratch.ts";
import type { TurnQueue, TurnTask } from "./turn-queue.ts";
import { WaitingBytes } from "./waiting-bytes.ts";

const NONE = new Uint8Array(0);
/** Stands for an empty queue: for most connections nothing ever waits. Nothing is put into it. */
const NOTHING_WAITS = new WaitingBytes();
/** Small sends outside a turn share a buffer of at least this size, in bytes. */
const POCKET = 512;
/** Sends outside a turn leave at once when there is this much of them. */
const FLUSH_AT = 64 * 1024;
/** A longer payload that has to wait is kept by reference instead of being copied. */
export const COPY_LIMIT: number = 16 * 1024;
/** The same for one that leaves with its turn: a copy from hot memory costs less than a write of its own. */
const TURN_COPY_LIMIT = 128 * 1024;

/** A borrower tells nothing before it has sent all: a slow peer must be seen to take some of a long message. */
const LARGEST_LOAN = 512 * 1024;
/** Bytes that come back from a loan within this many milliseconds have not waited for the peer. */
const PROMPT = 20;

/** Waits for the way out to be free again. An object and no closure: every connection has one. */
export interface ProgressListener {
  onProgress(): void;
}

export class Transmitter implements Outlet, TurnTask {
  buffer: Uint8Array = NONE;
  length = 0;
  /** True while the connection's own turn goes on, at whose end it flushes. */
  corked = false;
  /** True while the socket has not taken what was written: nothing can be written until it has. */
  blocked = false;
  /** Told when the socket is no longer blocked and has taken what waited, or as much as it could. */
  listener: ProgressListener | undefined;
  readonly turns: TurnQueue;

  readonly #socket: Socket;
  /** What goes before what is in the buffer. */
  #waiting = NOTHING_WAITS;
  /** A buffer whose bytes the runtime is still sending. */
  #lent: Uint8Array = NONE;
  #lentBytes = 0;
  /** When they were lent. */
  #lentAt = 0;
  #scheduled = false;
  /** The turn of the last write that did not wait for the end of its turn. */
  #directTurn = -1;
  /** How far the end has come: FIN is to follow what waits, or is with the runtime; or the socket is gone. */
  #end: "none" | "asked" | "sent" | "gone" = "none";

  constructor(socket: Socket, turns: TurnQueue) {
    this.#socket = socket;
    this.turns = turns;
  }

  get copyLimit(): number {
    return this.corked && this.#isFree() ? TURN_COPY_LIMIT : COPY_LIMIT;
  }

  /** Bytes accepted and not yet taken by the runtime. */
  get bufferedAmount(): number {
    return this.#waiting.size + this.length + this.#lentBytes;
  }

  /** True when `end` was called and everything before it, the FIN too, is with the runtime. */
  get finished(): boolean {
    return this.#end === "sent";
  }

  /** Why the stream cannot go on, where that is not the socket's doing. */
  get failure(): Error | undefined {
    if (this.#waiting.failure !== undefined) return this.#waiting.failure;
    return this.#waiting.torn ? new Error("the memory of bytes that waited to be sent was detached") : undefined;
  }

  /** Whether the socket takes bytes, and none wait before those in the buffer. No getter: V8 inlines no private one. */
  #isFree(): boolean {
    return !this.blocked && this.#waiting.size === 0;
  }

  /** What waits, to put more into it. */
  get #queue(): WaitingBytes {
    if (this.#waiting === NOTHING_WAITS) this.#waiting = new WaitingBytes();
    return this.#waiting;
  }

  reserve(size: number): void {
    if (this.length + size > this.buffer.length) this.#makeRoom(size);
  }

  attach(bytes: Uint8Array): void {
    if (this.#end === "gone") return;
    let rest = bytes;
    if (this.#isFree() && this.length > 0) {
      // A header does not leave alone: with it goes as much as its buffer still has room for.
      const room = Math.min(bytes.length, this.buffer.length - this.length);
      this.buffer.set(bytes.subarray(0, room), this.length);
      this.length += room;
      rest = bytes.subarray(room);
      this.#writeBuffer();
    }
    this.#seal();
    // With a length of its own: of a view that follows a resizable buffer it would change.
    if (rest.length > 0) this.#queue.push(rest.subarray(0, rest.length));
    if (!this.blocked) this.#drain();
  }

  /** Sends bytes that are encoded already and never change: by reference where they would have to wait. */
  append(bytes: Uint8Array): void {
    if (bytes.length > this.copyLimit) {
      this.attach(bytes);
    } else if ((this.corked && this.#isFree()) || bytes.length <= POCKET / 2) {
      // Small ones, that wait by the million, too: each by reference would cost many times its bytes.
      this.reserve(bytes.length);
      this.buffer.set(bytes, this.length);
      this.length += bytes.length;
    } else {
      this.#seal();
      this.#queue.push(bytes);
    }
  }

  /**
   * The same for one of many receivers: at once, if it is the first in its macrotask and nothing waits, so that a
   * broadcast goes over its connections once and not a second time to flush them.
   */
  appendNow(bytes: Uint8Array): void {
    const turn = this.turns.current();
    if (this.corked || this.bufferedAmount > 0 || this.#end !== "none" || this.#directTurn === turn) {
      this.append(bytes);
      return;
    }
    this.#directTurn = turn;
    this.#send(bytes, bytes.length, NONE);
  }

  /** Asks for a flush: at the end of the turn if there is one, else in the next macrotask. */
  flushSoon(): void {
    if (this.corked || this.blocked) return;
    const { bufferedAmount } = this;
    // A loop that sends without end must not collect what the socket could take.
    if (bufferedAmount >= FLUSH_AT) this.flush();
    else if (bufferedAmount > 0 && !this.#scheduled) this.#schedule();
  }

  /** The turn goes on without us (a handler is pending): what is sent leaves in the next macrotask. */
  flushNextTurn(): void {
    if (!this.#scheduled) this.#schedule();
  }

  /** The connection's turn is over: what it sent leaves. */
  uncork(): void {
    this.corked = false;
    this.flush();
  }

  runTurn(): void {
    this.#scheduled = false;
    this.uncork();
  }

  /** Writes what there is, as far as the socket takes it. */
  flush(): void {
    // What was still encoded after the end goes nowhere.
    if (this.#end === "gone") this.close();
    if (this.blocked) return;
    if (this.#waiting.size > 0) {
      // Small pieces leave together.
      this.#seal();
      this.#drain();
      if (this.blocked) return;
    }
    if (this.length > 0) this.#writeBuffer();
    if (!this.corked) this.#release();
    if (this.#end === "asked" && !this.blocked && this.bufferedAmount === 0) this.#endNow();
  }

  /** Sends FIN when everything before it has left. Nothing can be written afterwards. */
  end(): void {
    if (this.#end !== "none") return;
    this.#end = "asked";
    this.corked = false;
    this.flush();
  }

  /**
   * Asked when the socket takes bytes again: whether that is a sign of the peer's life. What was taken in part had to wait
   * for it. Of a loan that tells nothing where it is back at once: some runtimes lend every write, and the kernel has room
   * for much that nobody reads.
   */
  get peerTook(): boolean {
    return this.#lentBytes === 0 || this.turns.now() - this.#lentAt >= PROMPT;
  }

  /** Whether the peer takes nothing, as far as that can be told: a loan that is under way for a moment says nothing yet. */
  get stalled(): boolean {
    return this.blocked && this.peerTook;
  }

  /** The socket takes bytes again. */
  onWritable(): void {
    this.blocked = false;
    giveScratch(this.#lent);
    this.#lent = NONE;
    this.#lentBytes = 0;
    this.flush();
    this.listener?.onProgress();
  }

  /** The socket is gone: everything is dropped. */
  close(): void {
    this.#end = "gone";
    this.#waiting = NOTHING_WAITS;
    this.length = 0;
    this.#release();
    this.#lent = NONE;
    this.#lentBytes = 0;
  }

  #schedule(): void {
    this.#scheduled = true;
    this.turns.add(this);
  }

  #endNow(): void {
    this.#end = "sent";
    try {
      this.#socket.end();
    } catch {
      this.#socket.destroy();
    }
  }

  /**
   * Only a connection whose turn it is takes a scratch buffer. Others, and those that wait for their peer, would keep
   * it: ten thousand stalled peers must hold no more than what waits for them.
   */
  #makeRoom(size: number): void {
    const { borrows = true } = this.#socket;
    const largest = borrows ? LARGEST_LENT : LARGEST_SCRATCH;
    const inTurn = this.corked && this.#isFree() && size <= largest;
    const needed = this.length + size;
    if (inTurn && needed > largest) {
      this.#writeBuffer();
      this.reserve(size);
    } else if (inTurn) {
      // What is not kept by the socket needs no size of its own: a second growth would only be a second copy.
      const larger = takeScratch(borrows || this.length === 0 ? needed : largest);
      if (this.length > 0) larger.set(this.buffer.subarray(0, this.length));
      giveScratch(this.buffer);
      this.buffer = larger;
    } else {
      this.#seal();
      this.#release();
      this.buffer = size <= POCKET ? new Uint8Array(POCKET) : newBuffer(size);
    }
  }

  /** Moves what is in the buffer to what waits, in a piece of the right size. */
  #seal(): void {
    if (this.length === 0) return;
    const { buffer, length } = this;
    if (isScratch(buffer)) {
      this.#queue.push(buffer.slice(0, length));
    } else {
      this.#queue.push(buffer.subarray(0, length));
      this.buffer = NONE;
    }
    this.length = 0;
  }

  #release(): void {
    if (this.length > 0) return;
    giveScratch(this.buffer);
    this.buffer = NONE;
  }

  #writeBuffer(): void {
    const { buffer, length } = this;
    this.length = 0;
    if (this.#send(buffer, length, buffer)) this.buffer = NONE;
  }

  /** Writes what waits, until nothing does or the socket has enough. */
  #drain(): void {
    while (this.#waiting.size > 0 && !this.blocked) {
      if (this.#waiting.torn) {
        // Within a message: nothing can follow, a Close frame no more than the rest.
        this.blocked = true;
        this.#socket.destroy();
        return;
      }
      const { borrows = true } = this.#socket;
      const alone = this.#waiting.takeAlone(borrows ? LARGEST_LOAN : Infinity);
      if (alone !== undefined) {
        this.#send(alone, alone.length, NONE);
        continue;
      }
      const batch = takeScratch(this.#waiting.size);
      const length = this.#waiting.moveInto(batch);
      if (!this.#send(batch, length, batch)) giveScratch(batch);
    }
  }

  /**
   * Writes the first `length` bytes of `bytes`; what is not taken waits.
   *
   * @param owner the buffer to keep for the socket where it borrows the bytes, and to give back afterwards
   * @returns whether it was lent
   */
  #send(bytes: Uint8Array, length: number, owner: Uint8Array): boolean {
    const taken = this.#write(length === bytes.length ? bytes : bytes.subarray(0, length));
    if (taken === length) return false;
    this.blocked = true;
    if (taken === LENT) {
      this.#lent = owner;
      this.#lentBytes = length;
      this.#lentAt = this.turns.now();
      return true;
    }
    // The socket's memory is its own, and that of a buffer is used again.
    this.#queue.unshift(owner === NONE ? bytes.subarray(taken, length) : bytes.slice(taken, length));
    return false;
  }

  /** The port forbids a throw, and other answers: a socket that breaks these rules is destroyed, and the sender sees nothing of it. */
  #write(bytes: Uint8Array): number {
    const { length } = bytes;
    try {
      const taken = this.#socket.write(bytes);
      if (taken === length || taken === LENT || (Number.isInteger(taken) && taken >= 0 && taken < length)) return taken;
      this.#queue.failure = new Error(`the socket's write answered ${String(taken)} for ${length} bytes`);
    } catch (error) {
      this.#queue.failure = error instanceof Error ? error : new Error(String(error));
    }
    this.#socket.destroy();
    return length;
  }
}
