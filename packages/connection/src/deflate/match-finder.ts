/**
 * LZ77 (RFC 1951 section 4): finds what was there before. It remembers for each hash of four octets where these were
 * seen last and looks nowhere else, nor whether a match that begins one octet later were longer.
 */
import { LENGTH_ELEMENT, MAX_MATCH } from "./symbols.ts";
import type { Tokens } from "./tokens.ts";

/** A match of three octets, the shortest that DEFLATE has, costs about as much as the octets themselves. */
const LEAST_FOUND = 4;
/** 2^32 over the golden ratio, as Knuth has it. */
const MULTIPLIER = 0x9e3779b1 | 0;
/** After 32 tries in vain every second octet is tried, after 32 more every third, and so on to the ninth: they may not compress. */
const PATIENCE_SHIFT = 5;
const MOST_SKIPPED = 8;
/** Positions are counted up to here, and then anew. */
const LAST_POSITION = 0x4000_0000;
/** A hash that was not seen: farther back than any window. */
const NEVER = -0x10_0000;
/** Room beyond the window, where that is smaller. */
const LEAST_ROOM = 8 * 1024;

export class MatchFinder {
  /** The most octets that {@link find} takes. */
  readonly room: number;
  readonly #window: number;
  /** The window, and after it what is being looked through. */
  readonly #buffer: Uint8Array;
  readonly #view: DataView;
  #end = 0;
  /** The position of the buffer's first octet. */
  #base = 0;
  /** The position where each hash was seen last. */
  readonly #seen: Int32Array;
  /** A product's highest bits are its hash: this many go. */
  readonly #shift: number;

  constructor(windowBits: number) {
    this.#window = 1 << windowBits;
    this.room = roomOf(windowBits);
    this.#buffer = new Uint8Array(this.#window + this.room);
    this.#view = new DataView(this.#buffer.buffer);
    this.#seen = new Int32Array(hashes(windowBits)).fill(NEVER);
    this.#shift = Math.clz32(hashes(windowBits)) + 1;
  }

  /** About how many bytes a finder of such a window holds. */
  static memory(windowBits: number): number {
    return (1 << windowBits) + roomOf(windowBits) + 4 * hashes(windowBits);
  }

  /** Adds tokens for a part of a piece, of at most {@link room} octets, which is then known. */
  find(piece: Uint8Array, from: number, to: number, tokens: Tokens): void {
    const part = to - from === piece.length ? piece : piece.subarray(from, to);
    if (this.#end + part.length > this.#buffer.length) this.#slide();
    const buffer = this.#buffer;
    const view = this.#view;
    const seen = this.#seen;
    const shift = this.#shift;
    const window = this.#window;
    const base = this.#base;
    const { values } = tokens;
    let at = this.#end;
    buffer.set(part, at);
    const end = at + part.length;
    this.#end = end;
    let { count } = tokens;
    let misses = 0;
    for (const last = end - LEAST_FOUND; at <= last; ) {
      const four = view.getInt32(at, true);
      const hash = Math.imul(four, MULTIPLIER) >>> shift;
      const distance = base + at - (seen[hash] as number);
      seen[hash] = base + at;
      // What it says there is asked before how far that is: the answer to the second is then known almost always. Measured:
      // the other way around takes a quarter longer, which is the processor guessing wrong. What is within the window is
      // in the buffer: only what is farther back can be at 0 by mistake.
      const found = Math.max(0, at - distance);
      if (view.getInt32(found, true) === four && distance <= window) {
        const length = this.#lengthOf(found, at, end);
        values[count++] = ((length + LENGTH_ELEMENT) << 16) | (distance - 1);
        misses = 0;
        at += length;
        // Of the places inside the match, the second and one near its end are remembered.
        if (at <= last) {
          const second = at - length + 1;
          seen[hashOf(view, second, shift)] = base + second;
          seen[hashOf(view, at - 2, shift)] = base + at - 2;
        }
      } else {
        values[count++] = (four & 0xff) << 16;
        at += 1;
        misses += 1;
        for (let skip = Math.min(MOST_SKIPPED, misses >> PATIENCE_SHIFT); skip > 0 && at < end; skip -= 1) {
          values[count++] = (buffer[at++] as number) << 16;
        }
      }
    }
    while (at < end) values[count++] = (buffer[at++] as number) << 16;
    tokens.count = count;
  }

  /** How far the octets at two places are the same, which the first four are. */
  #lengthOf(found: number, at: number, end: number): number {
    const view = this.#view;
    const most = Math.min(MAX_MATCH, end - at);
    let length = LEAST_FOUND;
    for (; length + 4 <= most; length += 4) {
      const unlike = view.getInt32(found + length, true) ^ view.getInt32(at + length, true);
      if (unlike !== 0) return length + ((31 - Math.clz32(unlike & -unlike)) >> 3);
    }
    const buffer = this.#buffer;
    while (length < most && buffer[found + length] === buffer[at + length]) length += 1;
    return length;
  }

  /** Makes room for another piece: all but the window goes. */
  #slide(): void {
    const gone = Math.max(0, this.#end - this.#window);
    this.#buffer.copyWithin(0, gone, this.#end);
    this.#end -= gone;
    this.#base += gone;
    if (this.#base <= LAST_POSITION) return;
    this.#seen.fill(NEVER);
    this.#base = 0;
  }

  /** Forgets what it has seen. */
  reset(): void {
    // What was seen is then farther back than the window.
    this.#base += this.#end + this.#window;
    this.#end = 0;
    this.#slide();
  }
}

function hashOf(view: DataView, at: number, shift: number): number {
  return Math.imul(view.getInt32(at, true), MULTIPLIER) >>> shift;
}

function roomOf(windowBits: number): number {
  return Math.max(LEAST_ROOM, 1 << windowBits);
}

/** One for each two octets of the window. */
function hashes(windowBits: number): number {
  return 1 << (windowBits - 1);
}
