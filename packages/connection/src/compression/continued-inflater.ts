/**
 * RFC 7692 sections 7.2.2 and 7.2.3.4: a message may have blocks with BFINAL set, over which the history reaches, but no
 * DEFLATE library reads on after one. This makes of an inflater that stops there one that does not.
 */
import type { Inflater } from "@samewire/codec";
import type { EndingInflater } from "./ending-inflater.ts";
import { WindowHistory } from "./window-history.ts";

const EMPTY = new Uint8Array(0);

export class ContinuedInflater implements Inflater {
  pending: boolean = false;
  ended: boolean = false;
  overhead: number = 0;
  readonly #inflater: EndingInflater;
  readonly #windowBits: number;
  /** Bytes of the message were seen. */
  #begun = false;
  /** The inflater stands at the end of a block with BFINAL set, with this input still to be read. */
  #rest: Uint8Array | undefined;
  #history: WindowHistory | undefined;
  /** Bytes inflated since the inflater began: what it knows of the past, up to its window. */
  #known = 0;

  constructor(inflater: EndingInflater, windowBits: number) {
    this.#inflater = inflater;
    this.#windowBits = windowBits;
  }

  get history(): number {
    return this.#history?.memory ?? 0;
  }

  inflate(piece: Uint8Array, last: boolean, max: number): Uint8Array | undefined {
    const first = !this.#begun && piece.length > 0;
    this.#begun ||= first;
    this.ended = false;
    this.overhead = 0;
    const output = this.#step(piece, first, last, max);
    if (last && !this.pending) this.#begun = false;
    return output;
  }

  #step(piece: Uint8Array, first: boolean, last: boolean, max: number): Uint8Array | undefined {
    const inflater = this.#inflater;
    let input = piece;
    const owned = this.#rest !== undefined && this.#rest.length > 0;
    if (this.#rest !== undefined) {
      if (owned) input = this.#rest;
      else if (piece.length === 0) return EMPTY;
      if (!this.#restart()) return undefined;
    }
    if (first && (piece[0] ?? 0) & 1 && !this.#record()) return undefined;
    const output = inflater.inflate(input, last, max, owned);
    if (output === undefined) return undefined;
    this.#known += output.length;
    this.#rest = inflater.rest;
    this.ended = this.#rest !== undefined;
    // At the end of a block with BFINAL set that did not begin its message, what it came with is what is left to know.
    if (this.#rest !== undefined) this.#history ??= new WindowHistory(this.#windowBits);
    this.#history?.append(output);
    // A peer that sends little but ends of streams uses up its turn by it: each is followed by a window of history.
    this.overhead = inflater.overhead + (this.ended ? this.history : 0);
    // With nothing after a final block, all was read but what the sender left out.
    this.pending = this.#rest === undefined ? inflater.pending : this.#rest.length > 0;
    return output;
  }

  /** Where a message begins with such a block, what the window holds is recorded from there on. */
  #record(): boolean {
    if (this.#history !== undefined) return true;
    this.#history = new WindowHistory(this.#windowBits);
    return this.#history.capture(this.#inflater, this.#known);
  }

  /** Reads on after a block with BFINAL set. */
  #restart(): boolean {
    this.#rest = undefined;
    this.#inflater.reset();
    this.#known = this.#history?.size ?? 0;
    return this.#history?.restore(this.#inflater) ?? true;
  }

  reset(): void {
    this.#inflater.reset();
    this.pending = false;
    this.#begun = false;
    this.#rest = undefined;
    this.#history = undefined;
    this.#known = 0;
  }

  release(): void {
    this.#inflater.release();
    this.#rest = undefined;
    this.#history = undefined;
  }
}
