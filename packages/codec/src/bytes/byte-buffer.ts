/** Bytes put together from pieces of any size. The room doubles, so that the copying stays linear. */
export class ByteBuffer {
  #bytes = new Uint8Array(0);
  #length = 0;

  /** How many bytes there are. */
  get length(): number {
    return this.#length;
  }

  /**
   * Copies the piece behind what is there.
   *
   * @returns the room, of which the first `length` bytes are filled; valid until the next call
   */
  append(piece: Uint8Array): Uint8Array {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(length * 2, 256));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = length;
    return this.#bytes;
  }

  /** A copy of the bytes, which it then forgets. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length);
    this.#bytes = new Uint8Array(0);
    this.#length = 0;
    return taken;
  }
}
