/**
 * A compressor (RFC 1951) for messages that resemble those before them, the same on every runtime. It differs from those
 * of libraries in what it leaves out: it looks in one place only for what was there before, and makes codes not for each
 * block but for every few thousand tokens, or where those that it has do not suit a block: making them takes longer than
 * all else that a message of a kilobyte needs.
 */
import type { Deflater } from "@samewire/codec";
import { BitWriter } from "./bit-writer.ts";
import { BlockCodes, FIXED_CODES } from "./block-codes.ts";
import { MatchFinder } from "./match-finder.ts";
import { writeStored } from "./stored-block.ts";
import { SymbolCounts } from "./symbol-counts.ts";
import { Tokens } from "./tokens.ts";

/** Codes that were made serve for this many tokens, about 20 KiB of JSON. */
const CODES_SERVE = 6 * 1024;
/** The fixed codes serve for the first few tokens: to describe others would take more than they save. */
const FIXED_SERVE = 128;
/** Codes do not suit a block where, compared with the fixed ones, they do this much worse than where they were made. */
const TOLERANCE = 1 / 8;
/** Length of the `00 00 ff ff` that messages go without (RFC 7692 section 7.2.1). */
const TAIL = 4;
const NOTHING = new Uint8Array(0);
/** The most octets that a stored block has (RFC 1951 section 3.2.4). */
const MOST_STORED = 65_535;
/** The most octets that come before them, the one that was begun already included. */
const STORED_HEADER = 6;
/** In the longest codes an octet takes two: what a block may need before it is found to be longer than a stored one. */
const LONGEST_BLOCK = 2 * MOST_STORED;
/** Room for the header of a block, for the one that flushes, and for the octet that an earlier piece began. */
const SPARE = 512;
const OUTPUT_SIZE = 256 * 1024;

/** What all compressors work in: calls are synchronous, and their output is taken before the next. */
class Workspace {
  readonly writer: BitWriter = new BitWriter(OUTPUT_SIZE);
  readonly tokens: Tokens = new Tokens(MOST_STORED);
  readonly block: SymbolCounts = new SymbolCounts();
}

/** Made with the first compressor. */
let workspace: Workspace | undefined;

export class FastDeflater implements Deflater {
  /**
   * How many bytes to compress at a time: a tenth of a millisecond, but some of them while the code is not compiled yet.
   * It does not grow then, as each piece ends a block: the same message is to be the same bytes whatever went before.
   */
  static readonly SLICE: number = 16 * 1024;

  readonly #windowBits: number;
  readonly #workspace: Workspace;
  readonly #finder: MatchFinder;
  /** What the last piece left of an octet. */
  #bits = 0;
  #held = 0;
  /** How often each symbol came in the blocks for which codes were made; and these codes. */
  readonly #known: SymbolCounts = new SymbolCounts();
  readonly #codes: BlockCodes = new BlockCodes();
  /** For how many tokens more the codes serve. */
  #serve = 0;
  /** The fewest tokens of a block for which they pay, since it begins with a description of them. */
  #fewest = 0;
  /** The most that a block they suit takes, as a part of what it takes in the fixed codes; 0 until they are used. */
  #most = 0;

  constructor(windowBits: number) {
    workspace ??= new Workspace();
    this.#workspace = workspace;
    this.#windowBits = windowBits;
    this.#finder = new MatchFinder(windowBits);
    this.#forget();
  }

  /** About how many bytes a compressor of such a window holds. */
  static memory(windowBits: number): number {
    return MatchFinder.memory(windowBits) + 5 * 1024;
  }

  deflate(piece: Uint8Array, last: boolean, flush: boolean = last): Uint8Array {
    const { room } = this.#finder;
    const { tokens } = this.#workspace;
    // At most all of it is stored, in blocks of half the longest.
    const most = piece.length + (piece.length >> 12) + LONGEST_BLOCK + SPARE;
    const writer = most <= OUTPUT_SIZE ? this.#workspace.writer : new BitWriter(most);
    // Also where a call before this one broke off.
    writer.rewind(0, this.#bits, this.#held);
    tokens.count = 0;
    for (let at = 0, from = 0; at < piece.length; ) {
      const end = Math.min(at + room, piece.length);
      this.#finder.find(piece, at, end, tokens);
      at = end;
      if (at < piece.length && at - from + room <= MOST_STORED) continue;
      this.#block(writer, piece.subarray(from, at));
      from = at;
    }
    if (flush) writeStored(writer, NOTHING);
    this.#bits = writer.bits;
    this.#held = writer.held;
    const output = writer.take();
    return last ? output.subarray(0, output.length - TAIL) : output;
  }

  /** Writes what has become tokens as a block: these octets. */
  #block(writer: BitWriter, octets: Uint8Array): void {
    const { tokens } = this.#workspace;
    const { length, bits, held } = writer;
    this.#serve -= tokens.count;
    if (this.#serve <= 0) this.#fit();
    if (tokens.count >= this.#fewest && !this.#writeInOwn(writer)) {
      this.#fit();
      writer.rewind(length, bits, held);
      this.#writeInOwn(writer);
    }
    if (tokens.count < this.#fewest) {
      writer.rewind(length, bits, held);
      FIXED_CODES.write(writer, tokens);
    }
    tokens.count = 0;
    if (writer.length - length <= octets.length + STORED_HEADER) return;
    writer.rewind(length, bits, held);
    writeStored(writer, octets);
    // What follows may well compress: it is not to be judged by this.
    this.#forgetCodes();
  }

  /** Whether the codes suit the block, as they do when they were made for it; what was written is of no use otherwise. */
  #writeInOwn(writer: BitWriter): boolean {
    const { tokens } = this.#workspace;
    const codes = this.#codes;
    const isComplete = codes.write(writer, tokens);
    const part = codes.bodyBits / codes.fixedBits;
    if (this.#most === 0) {
      this.#most = part + TOLERANCE;
      const saved = codes.fixedBits - codes.bodyBits;
      this.#fewest = saved > 0 ? (tokens.count * codes.headerBits) / saved : Infinity;
    }
    return isComplete && part <= this.#most;
  }

  /** Makes codes for what has become tokens. */
  #fit(): void {
    const { tokens, block } = this.#workspace;
    block.count(tokens);
    this.#known.learn(block);
    this.#codes.fit(this.#known);
    this.#serve = CODES_SERVE;
    this.#fewest = 0;
    this.#most = 0;
  }

  #forgetCodes(): void {
    this.#known.forget(this.#windowBits);
    this.#serve = FIXED_SERVE;
    this.#fewest = Infinity;
  }

  #forget(): void {
    this.#forgetCodes();
    this.#bits = 0;
    this.#held = 0;
  }

  reset(): void {
    this.#finder.reset();
    this.#forget();
  }

  /** There is nothing to give back but memory that is collected. */
  release(): void {}
}
