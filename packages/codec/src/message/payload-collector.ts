/**
 * Collects the payload of a message that spans chunks. Memory follows the bytes received, whatever was declared: blocks
 * that double up to 64 KiB, so that a million one-byte fragments cost no more than their bytes; and room for all that is
 * declared once a quarter of it is there or has come, so that the rest is written into its place and nothing is joined.
 */
import { joinBytes } from "../bytes/join-bytes.ts";
import { payloadMemory } from "../bytes/payload-memory.ts";

const FIRST_BLOCK = 256;
const LARGEST_BLOCK = 65_536;
/** Room for this many times what is there is made at once. */
const AHEAD = 4;

export class PayloadCollector {
  /** Bytes collected. */
  #size = 0;
  #parts: Uint8Array[] = [];
  #block: Uint8Array | undefined;
  #used = 0;

  /**
   * Adds a copy of `bytes`.
   *
   * @param declared how long the frames begun so far make the message; 0 where that tells nothing
   */
  add(bytes: Uint8Array, declared: number): void {
    const { length } = bytes;
    for (let at = 0; at < length; ) {
      let block = this.#block;
      if (block === undefined || this.#used === block.length) block = this.#grow(length - at, declared);
      const count = Math.min(length - at, block.length - this.#used);
      block.set(bytes.subarray(at, at + count), this.#used);
      this.#used += count;
      this.#size += count;
      at += count;
    }
  }

  /** The whole payload, the caller's to keep; nothing is added afterwards. */
  whole(): Uint8Array {
    this.#sealBlock();
    return joinBytes(this.#parts);
  }

  #grow(coming: number, declared: number): Uint8Array {
    this.#sealBlock();
    const size = this.#size;
    // At least twice what is there, so that fragment upon fragment is not copied again each time.
    if (declared > coming && declared >= size * 2 && declared <= (size + coming) * AHEAD) {
      this.#block = payloadMemory(declared);
      this.#block.set(joinBytes(this.#parts));
      this.#used = size;
      this.#parts = [];
    } else {
      this.#block = new Uint8Array(Math.min(LARGEST_BLOCK, Math.max(FIRST_BLOCK, size, coming)));
    }
    return this.#block;
  }

  #sealBlock(): void {
    if (this.#block !== undefined) this.#parts.push(this.#block.subarray(0, this.#used));
    this.#used = 0;
  }
}
