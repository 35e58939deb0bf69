/** Gives the application payloads of its own out of a chunk, without an allocation for each where that can be had. */
import { NO_BYTES } from "../bytes/no-bytes.ts";
import { MAX_HEADER } from "../frame/frame-header.ts";
import { maskInPlace } from "../frame/masking.ts";

/** Small payloads may share memory up to this size, always of one connection: what one of them pins is bounded. */
const BLOCK_SIZE = 4096;
/** A larger payload may keep up to this many times its own size alive: a copy costs page faults, and collections of garbage. */
const PINS = 8;
/** A longer payload has memory of its own. */
const SHARED_UP_TO = 1024;
/**
 * On V8 an array of its own costs ten times as much as a view. A connection whose chunks bring one small payload each
 * keeps a block of this size for the next ones.
 */
const KEPT_SIZE = 2048;
/** How many connections keep one at a time: the next to need one takes the place of the one that began to first. */
const KEEPERS = 1024;

const keepers: PayloadBlock[] = [];
let keeper = 0;

export class PayloadBlock {
  /** How many bytes a view of the chunk keeps alive; infinite where the chunk is only lent. */
  chunkMemory = 0;
  /** A copy of the chunk's bytes from `#from` on, and its memory: of that V8 makes a view in half of `subarray`'s time. */
  #block: Uint8Array | undefined;
  #memory: ArrayBufferLike | undefined;
  #from = 0;
  /** What this connection keeps for the payloads of later chunks, and how much of it is in use; itself a keeper then. */
  #kept: { bytes: Uint8Array; used: number } | undefined;

  /** The payload from `start` to `end` of the chunk, unmasked: a view of it where that pins little, else a copy. */
  own(bytes: Uint8Array, start: number, end: number, key: number): Uint8Array {
    const length = end - start;
    const small = length <= SHARED_UP_TO;
    // JavaScriptCore keeps a small array in its own heap until a view of it is made: a copy costs half of that.
    const alone = small && end === bytes.length && start <= MAX_HEADER;
    const view = this.chunkMemory <= BLOCK_SIZE || length * PINS >= this.chunkMemory;
    if (alone || view || !small) {
      maskInPlace(bytes, start, end, key);
      // Not by way of `bytes.buffer`: JavaScriptCore makes that object when it is first asked for, at the cost of a
      // whole small message.
      if (view && !alone) return bytes.subarray(start, end);
      // A chunk that is lent is V8's; JavaScriptCore makes small arrays as fast as views.
      return alone && this.chunkMemory === Infinity ? this.#keep(bytes.subarray(start, end)) : bytes.slice(start, end);
    }
    let block = this.#block;
    if (block === undefined || end > this.#from + block.length) {
      // With what follows, most likely the next small payloads: one copy for all of them.
      block = this.#block = bytes.slice(start, start + BLOCK_SIZE);
      this.#memory = block.buffer;
      this.#from = start;
    }
    const at = start - this.#from;
    maskInPlace(block, at, at + length, key);
    return new Uint8Array(this.#memory as ArrayBufferLike, at, length);
  }

  #keep(payload: Uint8Array): Uint8Array {
    const kept = this.#kept;
    if (kept === undefined) {
      // The first for a while: whether more will come is not known yet.
      const silent = keepers[keeper];
      if (silent !== undefined) silent.#kept = undefined;
      keepers[keeper] = this;
      keeper = (keeper + 1) % KEEPERS;
      this.#kept = { bytes: NO_BYTES, used: 0 };
      return payload.slice();
    }
    if (kept.used + payload.length > kept.bytes.length) {
      kept.bytes = new Uint8Array(KEPT_SIZE);
      kept.used = 0;
    }
    const at = kept.used;
    kept.used += payload.length;
    kept.bytes.set(payload, at);
    return kept.bytes.subarray(at, kept.used);
  }

  /** The chunk is done: an idle connection holds no block. */
  release(): void {
    this.#block = undefined;
    this.#memory = undefined;
  }
}
