/** Gives the application payloads of its own out of a chunk, without an allocation for each where that can be had. */
import { maskInPlace, maskInto } from "../frame/masking.ts";

/** Small payloads may share memory up to this size, always of one connection: what one of them pins is bounded. */
const BLOCK_SIZE = 4096;
/** A longer payload has memory of its own. */
const SHARED_UP_TO = 1024;

export class PayloadBlock {
  /** Set when a view of the chunk was given away, so that its memory cannot be used for the next read. */
  keptChunk = false;
  /** How many bytes a view of the chunk keeps alive. */
  chunkMemory = 0;
  #block: Uint8Array | undefined;
  #used = 0;

  /** The payload `bytes` from `start` to `end`, unmasked: a view of the chunk where that pins little, else a copy. */
  own(bytes: Uint8Array, start: number, end: number, key: number): Uint8Array {
    const length = end - start;
    if (this.chunkMemory <= BLOCK_SIZE || length * 2 >= this.chunkMemory) {
      maskInPlace(bytes, start, end, key);
      this.keptChunk = true;
      // Not by way of `bytes.buffer`: JavaScriptCore makes that object when it is first asked for, at the cost of a
      // whole small message.
      return bytes.subarray(start, end);
    }
    if (length > SHARED_UP_TO) {
      const own = new Uint8Array(length);
      maskInto(own, 0, bytes, start, length, key);
      return own;
    }
    let block = this.#block;
    if (block === undefined || this.#used + length > block.length) {
      // What is left of the chunk bounds what it can still hold of payload.
      block = this.#block = new Uint8Array(Math.min(BLOCK_SIZE, bytes.length - start));
      this.#used = 0;
    }
    const at = this.#used;
    maskInto(block, at, bytes, start, length, key);
    // Words of the next payload are aligned.
    this.#used = (at + length + 3) & ~3;
    return new Uint8Array(block.buffer, at, length);
  }

  /** The chunk is done: an idle connection holds no block. */
  release(): void {
    this.#block = undefined;
    this.keptChunk = false;
  }
}
