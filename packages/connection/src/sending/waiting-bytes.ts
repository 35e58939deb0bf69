/** Pieces of encoded bytes that the socket has not been given yet, in order; small ones leave together. */

/** A piece of this size leaves by itself, without a copy. */
const ALONE_FROM = 64 * 1024;
/** Stands for no pieces: an array that was filled once keeps its room, for each of many connections that wait for nothing. */
const NONE: Uint8Array[] = [];

export class WaitingBytes {
  /** Bytes that wait. */
  size = 0;
  /** Why they cannot be sent, where the socket broke the rules of its port. */
  failure: Error | undefined;
  #pieces = NONE;

  /**
   * Whether the application has given the memory of the next piece away (detached it), as a transfer to a worker does, or
   * cut it off (resized it): what it held cannot be sent any more. Not by its `length`, which compiled code of Node 20
   * does not see change where it has met resizable memory, too.
   */
  get torn(): boolean {
    return this.#pieces[0]?.byteLength === 0;
  }

  /** Takes a piece by reference: it must not change until it is sent. */
  push(piece: Uint8Array): void {
    if (this.#pieces === NONE) this.#pieces = [];
    this.#pieces.push(piece);
    this.size += piece.length;
  }

  /** Puts back what was not taken. */
  unshift(piece: Uint8Array): void {
    if (this.#pieces === NONE) this.#pieces = [];
    this.#pieces.unshift(piece);
    this.size += piece.length;
  }

  /** The first piece, or as much of it as `limit` allows, which waits no longer, if it is to leave by itself. */
  takeAlone(limit: number): Uint8Array | undefined {
    const [first] = this.#pieces;
    if (first === undefined || (first.length < ALONE_FROM && this.#pieces.length > 1)) return undefined;
    if (first.length > limit) this.#pieces[0] = first.subarray(limit);
    else this.#pieces.shift();
    const taken = Math.min(first.length, limit);
    this.#taken(taken);
    return taken === first.length ? first : first.subarray(0, taken);
  }

  /** Moves as much as fits into `buffer`, and returns how much that was. */
  moveInto(buffer: Uint8Array): number {
    const pieces = this.#pieces;
    let at = 0;
    let moved = 0;
    for (; moved < pieces.length && at < buffer.length; moved++) {
      const piece = pieces[moved] as Uint8Array;
      const room = buffer.length - at;
      if (piece.byteLength === 0) break;
      if (piece.length > room) {
        buffer.set(piece.subarray(0, room), at);
        pieces[moved] = piece.subarray(room);
        at += room;
        break;
      }
      buffer.set(piece, at);
      at += piece.length;
    }
    pieces.splice(0, moved);
    this.#taken(at);
    return at;
  }

  #taken(bytes: number): void {
    this.size -= bytes;
    if (this.size === 0) this.#pieces = NONE;
  }
}
