/**
 * The way out: what is encoded during a turn leaves in one write. Holds the bytes that the socket has not taken,
 * knows whether it is blocked, and ends the stream when all has left. The outlet of a connection's protocol.
 */
import type { Outlet } from "@samewire/codec";
import { LENT, type Socket } from "../socket.ts";
import { giveScratch, SCRATCH_SIZE, takeScratch } from "./scratch.ts";
import type { TurnQueue, TurnTask } from "./turn-queue.ts";

const NONE = new Uint8Array(0);
/** Small sends outside a turn share a buffer of at least this size. */
const POCKET = 512;
/** From here on a payload goes out beside its header instead of being copied behind it. */
const COPY_LIMIT = 16 * 1024;

/** Waits for the way out to be free again. An object and no closure: every connection has one. */
export interface ProgressListener {
  onProgress(): void;
}

export class Transmitter implements Outlet, TurnTask {
  buffer: Uint8Array = NONE;
  length = 0;
  readonly copyLimit: number;
  /** True while the connection's own turn goes on, at whose end it flushes. */
  corked = false;
  /** True while the socket has not taken what was written: nothing can be written until it has. */
  blocked = false;
  /** Who is told when the socket is no longer blocked and has taken what waited, or as much as it could. */
  listener: ProgressListener | undefined;

  readonly #socket: Socket;
  readonly #turns: TurnQueue;
  /** Whole pieces that go before what is in the buffer. */
  #queue: Uint8Array[] = [];
  #queued = 0;
  /** A buffer whose bytes the runtime is still sending. */
  #lent: Uint8Array = NONE;
  #lentBytes = 0;
  #scheduled = false;
  #ending = false;
  #ended = false;
  #closed = false;

  constructor(socket: Socket, turns: TurnQueue) {
    this.#socket = socket;
    this.#turns = turns;
    this.copyLimit = COPY_LIMIT;
  }

  /** Bytes accepted and not yet taken by the runtime. */
  get bufferedAmount(): number {
    return this.#queued + this.length + this.#lentBytes;
  }

  /** True when `end` was called and everything before it, the FIN too, is with the runtime. */
  get finished(): boolean {
    return this.#ended;
  }

  reserve(size: number): void {
    if (this.length + size <= this.buffer.length) return;
    if (this.length > 0) {
      if (!this.blocked && this.#queued === 0 && this.buffer.length === SCRATCH_SIZE) this.#writeBuffer();
      else this.#seal();
      if (this.length + size <= this.buffer.length) return;
    }
    this.#release();
    // Only the connection whose turn it is takes a large buffer. Others, and those that wait for their peer, would
    // keep it: ten thousand stalled peers must not hold 64 KiB each.
    if (this.corked && !this.blocked && size <= SCRATCH_SIZE) this.buffer = takeScratch();
    else this.buffer = new Uint8Array(Math.max(size, POCKET));
  }

  attach(bytes: Uint8Array): void {
    if (this.#closed) return;
    if (this.blocked || this.#queued > 0) {
      this.#seal();
      this.#push(bytes);
      return;
    }
    if (this.length > 0 && this.#socket.writev !== undefined) {
      this.#writeBoth(bytes);
      return;
    }
    if (this.length > 0) this.#writeBuffer();
    this.#push(bytes);
    this.#drainQueue();
  }

  /** Sends bytes that are encoded already and never change: by reference where they would have to wait. */
  append(bytes: Uint8Array): void {
    if (bytes.length > this.copyLimit) {
      this.attach(bytes);
    } else if (this.corked && !this.blocked) {
      this.reserve(bytes.length);
      this.buffer.set(bytes, this.length);
      this.length += bytes.length;
    } else {
      this.#seal();
      this.#push(bytes);
    }
  }

  /** Asks for a flush: at the end of the turn if there is one, else in the next macrotask. */
  flushSoon(): void {
    if (this.corked || this.#scheduled || this.blocked) return;
    // A loop that sends without end must not collect what the socket could take.
    if (this.bufferedAmount >= SCRATCH_SIZE) {
      this.flush();
      return;
    }
    this.#schedule();
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
    if (this.blocked || this.#closed) return;
    if (this.#queued > 0) {
      // Small pieces leave together.
      this.#seal();
      this.#drainQueue();
      if (this.blocked || this.#queued > 0) return;
    }
    if (this.length > 0) this.#writeBuffer();
    if (!this.corked) this.#release();
    if (this.#ending && !this.blocked && this.bufferedAmount === 0) this.#endNow();
  }

  /** Sends FIN when everything before it has left. Nothing can be written afterwards. */
  end(): void {
    if (this.#ending) return;
    this.#ending = true;
    this.corked = false;
    this.flush();
  }

  /** The socket takes bytes again. */
  onWritable(): void {
    this.blocked = false;
    if (this.#lent !== NONE) {
      if (this.#lent.length === SCRATCH_SIZE) giveScratch(this.#lent);
      this.#lent = NONE;
    }
    this.#lentBytes = 0;
    this.flush();
    this.listener?.onProgress();
  }

  /** The socket is gone: everything is dropped. */
  close(): void {
    this.#closed = true;
    this.#queue = [];
    this.#queued = 0;
    this.length = 0;
    this.#release();
    this.#lent = NONE;
    this.#lentBytes = 0;
  }

  /** The port forbids a throw; a stream that throws all the same is broken, and must not break who sends (LC-6). */
  #write(bytes: Uint8Array): number {
    try {
      return this.#socket.write(bytes);
    } catch {
      this.#socket.destroy();
      return bytes.length;
    }
  }

  #schedule(): void {
    this.#scheduled = true;
    this.#turns.add(this);
  }

  #endNow(): void {
    if (this.#ended) return;
    this.#ended = true;
    try {
      this.#socket.end();
    } catch {
      this.#socket.destroy();
    }
  }

  #push(bytes: Uint8Array): void {
    this.#queue.push(bytes);
    this.#queued += bytes.length;
  }

  /** Moves what is in the buffer to the queue, in a piece of the right size. */
  #seal(): void {
    if (this.length === 0) return;
    const { buffer, length } = this;
    if (buffer.length === SCRATCH_SIZE) {
      this.#push(buffer.slice(0, length));
    } else {
      this.#push(buffer.subarray(0, length));
      this.buffer = NONE;
    }
    this.length = 0;
  }

  #release(): void {
    if (this.length > 0) return;
    if (this.buffer.length === SCRATCH_SIZE) giveScratch(this.buffer);
    this.buffer = NONE;
  }

  #writeBuffer(): void {
    const { buffer, length } = this;
    this.length = 0;
    // Where written bytes are held until they are encrypted, holding the whole scratch buffer would be dear.
    const apart = this.#socket.copies === true && buffer.length === SCRATCH_SIZE;
    const bytes = apart ? buffer.slice(0, length) : buffer.subarray(0, length);
    const taken = this.#write(bytes);
    if (taken === length) return;
    this.blocked = true;
    if (taken === LENT) {
      this.#lentBytes = length;
      if (apart) return;
      this.#lent = buffer;
      this.buffer = NONE;
      return;
    }
    this.#unshift(buffer.slice(taken, length));
  }

  #writeBoth(payload: Uint8Array): void {
    const { buffer, length } = this;
    const header = buffer.slice(0, length);
    this.length = 0;
    const taken = (this.#socket.writev as NonNullable<Socket["writev"]>).call(this.#socket, header, payload);
    if (taken === length + payload.length) return;
    this.blocked = true;
    if (taken === LENT) {
      this.#lentBytes = length + payload.length;
      return;
    }
    if (taken < length) {
      this.#push(header.subarray(taken));
      this.#push(payload);
    } else {
      this.#push(payload.subarray(taken - length));
    }
  }

  #unshift(bytes: Uint8Array): void {
    this.#queue.unshift(bytes);
    this.#queued += bytes.length;
  }

  /** Writes from the queue, small pieces joined, until it is empty or the socket has enough. */
  #drainQueue(): void {
    while (this.#queued > 0 && !this.blocked) {
      const next = this.#nextBatch();
      this.#queued -= next.length;
      const taken = this.#write(next);
      if (taken === next.length) continue;
      this.blocked = true;
      if (taken === LENT) this.#lentBytes = next.length;
      else this.#unshift(next.subarray(taken));
    }
  }

  #nextBatch(): Uint8Array {
    const queue = this.#queue;
    const first = queue[0] as Uint8Array;
    let count = 1;
    let size = first.length;
    for (let next = queue[1]; next !== undefined && size + next.length <= COPY_LIMIT; next = queue[count]) {
      size += next.length;
      count++;
    }
    if (count === 1) {
      queue.shift();
      return first;
    }
    const batch = new Uint8Array(size);
    let at = 0;
    for (const piece of queue.splice(0, count)) {
      batch.set(piece, at);
      at += piece.length;
    }
    return batch;
  }
}
