/** The chunks of a received stream that wait for their reader. Small ones in a row are joined: each alone would cost many times its bytes. */
import { Fifo } from "../fifo.ts";
import type { OwnBytes } from "../message.ts";

/** A shorter chunk is copied behind the one before it. */
const SMALL = 512;
/** This much is joined at most. */
const JOINED = 4096;

export class ChunkQueue {
  readonly #chunks = new Fifo<OwnBytes>();
  /** What the last chunks are joined in, and how much of it is filled. It comes after those in the queue. */
  #joined: OwnBytes | undefined;
  #length = 0;

  get empty(): boolean {
    return this.#joined === undefined && this.#chunks.empty;
  }

  /** Returns whether there is a chunk more than before. */
  push(chunk: OwnBytes): boolean {
    const joined = this.#joined;
    const length = this.#length + chunk.length;
    if (chunk.length < SMALL && joined !== undefined && length <= JOINED) {
      if (length > joined.length) {
        this.#joined = new Uint8Array(Math.min(JOINED, length * 2));
        this.#joined.set(joined.subarray(0, this.#length));
      }
      this.#joined?.set(chunk, this.#length);
      this.#length = length;
      return false;
    }
    this.#seal();
    if (chunk.length < SMALL) {
      this.#joined = chunk;
      this.#length = chunk.length;
    } else {
      this.#chunks.push(chunk);
    }
    return true;
  }

  shift(): OwnBytes | undefined {
    if (this.#chunks.empty) this.#seal();
    return this.#chunks.shift();
  }

  takeAll(): readonly OwnBytes[] {
    this.#seal();
    return this.#chunks.takeAll();
  }

  #seal(): void {
    if (this.#joined !== undefined) this.#chunks.push(this.#joined.subarray(0, this.#length));
    this.#joined = undefined;
    this.#length = 0;
  }
}
