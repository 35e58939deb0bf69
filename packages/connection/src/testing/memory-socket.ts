/** Two sockets joined in memory, with the backpressure, the FINs and the resets of real ones, under a test's control. */
import type { Clock } from "../clock.ts";
import { LENT, LENT_CHUNK, type PeerInfo, type Socket, type SocketHandler } from "../socket.ts";

export interface MemoryOptions {
  /**
   * How `write` answers when the other side does not read: takes a part, or borrows the memory. Default `partial`.
   * `always-lent`: also where there is room, and tells in the next macrotask, as a runtime of promises does.
   */
  readonly backpressure?: "partial" | "lent" | "always-lent";
  /** Bytes that are under way before a write meets backpressure. Default 64 KiB. */
  readonly capacity?: number;
  /** The largest chunk that is delivered. Default: as written. */
  readonly chunkSize?: number;
}

/** What lent memory is overwritten with. */
const SCRIBBLE = 0xee;

const PEER: PeerInfo = { secure: false };

export class MemorySocket implements Socket {
  /** Who gets this side's events. */
  handler: SocketHandler | undefined;
  /** Writes so far, and their sizes: for tests that count them. */
  readonly writes: number[] = [];
  /** True once `destroy` was called or the other side was reset. */
  closed = false;
  ended = false;
  paused = false;

  other!: MemorySocket;
  readonly #clock: Clock;
  readonly #options: Required<MemoryOptions>;
  /** What this side has written and the other has not been given. */
  #underWay: Uint8Array[] = [];
  #underWayBytes = 0;
  #waiting = false;
  #lent: Uint8Array | undefined;
  #lentCopy: Uint8Array | undefined;
  #finSent = false;
  #scheduled = false;

  constructor(clock: Clock, options: Required<MemoryOptions>) {
    this.#clock = clock;
    this.#options = options;
  }

  write(bytes: Uint8Array): number {
    if (this.closed || this.ended) return bytes.length;
    if (this.other.closed) {
      // Nobody is there any more: what is sent now is answered with a reset.
      this.#clock.defer(() => this.#close(new Error("connection reset")));
      return bytes.length;
    }
    if (this.#waiting) throw new Error("written while a write is pending");
    this.writes.push(bytes.length);
    const room = this.#options.capacity - this.#underWayBytes;
    this.#schedule();
    if (bytes.length <= room) {
      this.#send(bytes.slice());
      if (this.#options.backpressure !== "always-lent") return bytes.length;
      this.#waiting = true;
      const write = this.writes.length;
      this.#clock.defer(() => {
        if (write === this.writes.length) this.#taken();
      });
      return LENT;
    }
    this.#waiting = true;
    if (this.#options.backpressure !== "partial") {
      this.#lent = bytes;
      this.#lentCopy = bytes.slice();
      return LENT;
    }
    const taken = Math.max(0, room);
    this.#send(bytes.slice(0, taken));
    return taken;
  }

  end(): void {
    if (this.ended || this.closed) return;
    this.ended = true;
    this.#schedule();
  }

  destroy(): void {
    this.#close(undefined);
  }

  /** The network breaks: both sides see an error. */
  reset(): void {
    const error = new Error("connection reset");
    this.#close(error);
    this.other.#close(error);
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.other.#schedule();
  }

  peer(): PeerInfo {
    return PEER;
  }

  #close(reason: Error | undefined): void {
    if (this.closed) return;
    this.closed = true;
    this.#clock.defer(() => this.handler?.onClose(reason));
    // A socket that is closed with input under way answers it with a reset.
    if (!this.other.closed) {
      if (this.other.#underWayBytes > 0) this.other.#close(new Error("connection reset"));
      else if (!this.ended) this.#sendFin();
    }
  }

  /** FIN without `end`: what a close does. */
  #sendFin(): void {
    this.ended = true;
    this.#schedule();
  }

  #send(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#underWay.push(bytes);
    this.#underWayBytes += bytes.length;
  }

  /** The write that was pending is done. */
  #taken(): void {
    if (!this.#waiting || this.closed) return;
    this.#waiting = false;
    this.handler?.onWritable();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#clock.defer(() => {
      this.#scheduled = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    const { other } = this;
    while (this.#underWay.length > 0 && !other.paused && !other.closed) {
      const chunk = this.#underWay.shift() as Uint8Array;
      const size = Math.min(chunk.length, this.#options.chunkSize);
      if (size < chunk.length) this.#underWay.unshift(chunk.slice(size));
      this.#underWayBytes -= size;
      // Lent, and used again at once, as an adapter's read buffer is: a receiver that keeps a view of it delivers rubbish.
      const lent = chunk.slice(0, size);
      other.handler?.onBytes(lent, LENT_CHUNK);
      lent.fill(SCRIBBLE);
    }
    if (this.#underWay.length > 0 && !other.closed) return;
    if (this.#lent !== undefined) {
      const copy = this.#lentCopy as Uint8Array;
      if (this.#lent.some((octet, i) => octet !== copy[i])) throw new Error("lent memory was changed");
      this.#lent = undefined;
      this.#send(copy);
      this.#schedule();
    }
    if (this.#waiting && !this.closed) {
      this.#taken();
      this.#schedule();
      return;
    }
    if (this.ended && !this.#finSent && !this.#waiting) {
      this.#finSent = true;
      if (!other.closed) other.handler?.onEnd();
    }
  }
}

/** Two ends of one stream. Set each end's `handler` before bytes flow. */
export function memoryPair(clock: Clock, options: MemoryOptions = {}): [MemorySocket, MemorySocket] {
  const all: Required<MemoryOptions> = {
    backpressure: "partial",
    capacity: 64 * 1024,
    chunkSize: Number.MAX_SAFE_INTEGER,
    ...options,
  };
  const a = new MemorySocket(clock, all);
  const b = new MemorySocket(clock, all);
  a.other = b;
  b.other = a;
  return [a, b];
}
