import { LENT, LENT_CHUNK, type Socket, type SocketHandler } from "../../socket.ts";

/** What memory is overwritten with as soon as the port allows it. */
const SCRIBBLE = 0xee;

/**
 * Drives a {@link Socket} by the rules of the port and keeps what it reports: a connection without a protocol.
 * What breaks a rule of the port is noted in {@link PortDriver.violations}.
 */
export class PortDriver implements SocketHandler {
  readonly socket: Socket;
  readonly chunks: Uint8Array[] = [];
  receivedLength = 0;
  ended = false;
  closed = false;
  reason: Error | undefined;
  readonly violations: string[] = [];
  /** Called for each chunk, from within `onBytes`. */
  onChunk: ((chunk: Uint8Array) => void) | undefined;
  #pending: Uint8Array | undefined;
  #lent: readonly Uint8Array[] = [];
  #blocked = false;
  #inCall = false;
  readonly #waiters = new Set<() => void>();

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /** The bytes that wait for the socket. */
  get unsent(): number {
    return this.#pending?.byteLength ?? 0;
  }

  /** Whether the last write was taken in part, or lent. */
  get blocked(): boolean {
    return this.#blocked;
  }

  /** Writes as much as the socket takes, and once; the rest follows after `onWritable`. The bytes are copied. */
  write(bytes: Uint8Array): void {
    const copy = bytes.slice();
    if (this.#pending !== undefined) {
      const joined = new Uint8Array(this.#pending.byteLength + copy.byteLength);
      joined.set(this.#pending);
      joined.set(copy, this.#pending.byteLength);
      this.#pending = joined;
    } else this.#pending = copy;
    if (!this.#blocked) this.#flush();
  }

  /** Writes, and resolves when all of it was taken or the socket is closed. */
  async send(bytes: Uint8Array): Promise<void> {
    this.write(bytes);
    await this.until(() => (this.unsent === 0 && !this.#blocked) || this.closed, "everything to be taken");
  }

  end(): void {
    this.#call(() => this.socket.end());
  }

  destroy(): void {
    this.#call(() => this.socket.destroy());
  }

  pause(): void {
    this.#call(() => this.socket.pause());
  }

  resume(): void {
    this.#call(() => this.socket.resume());
  }

  /** All bytes received so far, joined. */
  received(): Uint8Array {
    const all = new Uint8Array(this.receivedLength);
    let at = 0;
    for (const chunk of this.chunks) {
      all.set(chunk, at);
      at += chunk.byteLength;
    }
    return all;
  }

  /** Resolves when the condition holds; it is looked at after each event. */
  until(condition: () => boolean, what: string, milliseconds = 15_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (!condition()) return;
        this.#waiters.delete(look);
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiters.delete(look);
        reject(new Error(`waited ${milliseconds} ms for ${what}; ${this.#state()}`));
      }, milliseconds);
      this.#waiters.add(look);
      look();
    });
  }

  onBytes(chunk: Uint8Array, memory: number): void {
    this.#event("onBytes");
    if (memory < chunk.byteLength) this.violations.push(`a chunk of ${chunk.byteLength} bytes in ${memory}`);
    if (this.ended) this.violations.push("onBytes after onEnd");
    if (chunk.byteLength === 0) this.violations.push("an empty chunk");
    const lent = memory === LENT_CHUNK;
    this.receivedLength += chunk.byteLength;
    this.onChunk?.(chunk);
    // Not `slice`, which copies nothing where the chunk is a Buffer.
    this.chunks.push(lent ? new Uint8Array(chunk) : chunk);
    // The port allows it: what the socket has read into memory that it only lends, it must not look at again.
    if (lent) chunk.fill(SCRIBBLE);
    this.#look();
  }

  onWritable(): void {
    this.#event("onWritable");
    if (!this.#blocked) this.violations.push("onWritable without a short or lent write");
    this.#blocked = false;
    this.#flush();
    this.#look();
  }

  onEnd(): void {
    this.#event("onEnd");
    if (this.ended) this.violations.push("onEnd twice");
    this.ended = true;
    this.#look();
  }

  onClose(reason?: Error): void {
    this.#event("onClose");
    this.closed = true;
    this.reason = reason;
    this.#look();
  }

  #flush(): void {
    const bytes = this.#pending;
    if (bytes === undefined) return;
    this.#inCall = true;
    const taken = this.socket.write(bytes);
    this.#inCall = false;
    this.#settle(bytes, taken, [bytes]);
  }

  #settle(bytes: Uint8Array, taken: number, memory: readonly Uint8Array[]): void {
    if (taken === LENT) {
      if (this.socket.borrows === false) this.violations.push("write answered LENT on a socket that borrows nothing");
      this.#pending = undefined;
      this.#blocked = true;
      this.#lent = memory;
      return;
    }
    if (!Number.isInteger(taken) || taken < 0 || taken > bytes.byteLength) {
      this.violations.push(`write answered ${taken} for ${bytes.byteLength} bytes`);
    }
    this.#blocked = taken < bytes.byteLength;
    this.#pending = this.#blocked ? bytes.slice(taken) : undefined;
    // What was taken is the socket's, and the rest is a copy: the port allows the memory to be used again at once.
    for (const array of memory) array.fill(SCRIBBLE);
  }

  #event(name: string): void {
    if (this.#inCall) this.violations.push(`${name} from within a call to the socket`);
    if (this.closed) this.violations.push(`${name} after onClose`);
    if (name === "onWritable" || name === "onClose") {
      // The loan is over.
      for (const array of this.#lent) array.fill(SCRIBBLE);
      this.#lent = [];
    }
  }

  #call(call: () => void): void {
    this.#inCall = true;
    call();
    this.#inCall = false;
  }

  #look(): void {
    for (const look of [...this.#waiters]) look();
  }

  #state(): string {
    const { receivedLength, ended, closed, unsent, blocked } = this;
    return JSON.stringify({ receivedLength, ended, closed, unsent, blocked, violations: this.violations });
  }
}
