/**
 * Collects the payload of a message that spans chunks, and joins it once. Memory follows the bytes received, whatever
 * was declared: pieces are copied into blocks that double up to 64 KiB, so that a million one-byte fragments cost no
 * more than their bytes; a piece that fills most of its chunk is kept as it is.
 */
import { joinBytes } from "../bytes/join-bytes.ts";
import { maskInPlace, maskInto, rotateKey } from "../frame/masking.ts";

const FIRST_BLOCK = 256;
const LARGEST_BLOCK = 64 * 1024;
/** From this size on a piece is kept in its chunk, where it makes up at least half of it. */
const KEEP_FROM = 16 * 1024;

export class PayloadCollector {
  /** Bytes collected. */
  size = 0;
  /** Set when a view of the chunk was kept. */
  keptChunk = false;
  #parts: Uint8Array[] = [];
  #block: Uint8Array | undefined;
  #used = 0;

  /**
   * Adds `bytes` from `start` to `end`, unmasked with `key` (0: as they are).
   *
   * @param owned whether the array is ours to keep; what an extension gives is not
   */
  add(bytes: Uint8Array, start: number, end: number, key: number, owned: boolean): void {
    const length = end - start;
    if (owned && length >= KEEP_FROM && length * 2 >= bytes.buffer.byteLength) {
      this.#sealBlock();
      maskInPlace(bytes, start, end, key);
      this.#parts.push(new Uint8Array(bytes.buffer, bytes.byteOffset + start, length));
      this.keptChunk = true;
      this.size += length;
      return;
    }
    for (let at = start; at < end; ) {
      let block = this.#block;
      if (block === undefined || this.#used === block.length) {
        this.#sealBlock();
        const wanted = Math.max(FIRST_BLOCK, this.size, end - at);
        block = this.#block = new Uint8Array(Math.min(LARGEST_BLOCK, wanted));
      }
      const count = Math.min(end - at, block.length - this.#used);
      maskInto(block, this.#used, bytes, at, count, rotateKey(key, at - start));
      this.#used += count;
      this.size += count;
      at += count;
    }
  }

  /** The whole payload, the caller's to keep; the collector is empty afterwards. */
  take(): Uint8Array {
    this.#sealBlock();
    const parts = this.#parts;
    this.clear();
    return parts.length === 1 ? parts[0] : joinBytes(parts);
  }

  /** Forgets what was collected. */
  clear(): void {
    this.#parts = [];
    this.#block = undefined;
    this.#used = 0;
    this.size = 0;
  }

  #sealBlock(): void {
    if (this.#block !== undefined) this.#parts.push(this.#block.subarray(0, this.#used));
    this.#block = undefined;
    this.#used = 0;
  }
}
