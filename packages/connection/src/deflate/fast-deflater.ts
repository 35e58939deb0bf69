/**
 * A compressor (RFC 1951) for messages that resemble those before them, the same on every runtime. It differs from those
 * of libraries in what it leaves out: it looks in one place only for what was there before, and makes codes not for each
 * block but for every few thousand tokens, or where a block has one without a code: making them takes longer than all
 * else that a message of a kilobyte needs.
 */
import type { Deflater } from "@samewire/codec";
import { BitWriter } from "./bit-writer.ts";
import { BlockCodes } from "./block-codes.ts";
import { MatchFinder } from "./match-finder.ts";
import { SymbolCounts } from "./symbol-counts.ts";
import { Tokens } from "./tokens.ts";

/** Codes serve for so many tokens, about 20 KiB of JSON; the fixed ones for the first few, which take less than to say others would. */
const CODES_SERVE = 6 * 1024;
const FIXED_SERVE = 128;
/** Length of the `00 00 ff ff` that messages go without (RFC 7692 section 7.2.1). */
const TAIL = 4;
const NOTHING = new Uint8Array(0);
/** A stored block has so many octets at most (RFC 1951 section 3.2.4), and before them so many, with the one that was begun. */
const MOST_STORED = 65_535;
const STORED_HEADER = 6;
/** An octet takes two in the longest code that there is: room for a block, before it is found to be longer than what it says. */
const LONGEST_BLOCK = 2 * MOST_STORED;
/** Room for the header of a block, for the one that flushes, and for the octet that an earlier piece began. */
const SPARE = 512;
const OUTPUT_SIZE = 256 * 1024;

/** Bytes in a slice: half a millisecond, once the code is compiled. */
const SLICE = 64 * 1024;
/** Until so many bytes went through it code is interpreted, and slices are small. */
const COLD_BYTES = 256 * 1024;
const COLD_SLICE = 4 * 1024;

const FIXED_CODES = BlockCodes.fixed();

/** Bytes that went through so far, up to those that make the code warm. */
let warmth = 0;

/** What all compressors work in: calls are synchronous, and their output is taken before the next. */
class Workspace {
  readonly writer: BitWriter = new BitWriter(OUTPUT_SIZE);
  readonly tokens: Tokens = new Tokens(MOST_STORED);
  readonly block: SymbolCounts = new SymbolCounts();
}

/** Made with the first compressor. */
let workspace: Workspace | undefined;

export class FastDeflater implements Deflater {
  readonly #workspace: Workspace;
  readonly #finder: MatchFinder;
  /** What the last piece left of an octet. */
  #bits = 0;
  #held = 0;
  /** What came so far, the codes for it, how many tokens more these serve, and from how many in a block on. */
  readonly #known: SymbolCounts = new SymbolCounts();
  readonly #codes: BlockCodes = new BlockCodes();
  #serve = FIXED_SERVE;
  #worth = Number.POSITIVE_INFINITY;

  constructor(windowBits: number) {
    workspace ??= new Workspace();
    this.#workspace = workspace;
    this.#finder = new MatchFinder(windowBits);
  }

  /** About how many bytes a compressor of such a window holds. */
  static memory(windowBits: number): number {
    return MatchFinder.memory(windowBits) + 5 * 1024;
  }

  /** How many bytes are compressed in half a millisecond. */
  static slice(): number {
    return warmth < COLD_BYTES ? COLD_SLICE : SLICE;
  }

  deflate(piece: Uint8Array, last: boolean, flush: boolean = last): Uint8Array {
    const { room } = this.#finder;
    const { tokens } = this.#workspace;
    if (warmth < COLD_BYTES) warmth += piece.length;
    // At most all of it is stored, in blocks of half the longest.
    const most = piece.length + (piece.length >> 12) + LONGEST_BLOCK + SPARE;
    const writer = most <= OUTPUT_SIZE ? this.#workspace.writer : new BitWriter(most);
    writer.bits = this.#bits;
    writer.held = this.#held;
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
    this.#serve -= tokens.count;
    if (this.#serve <= 0) this.#fit();
    const { length, bits, held } = writer;
    if (!this.#write(writer)) {
      this.#fit();
      writer.rewind(length, bits, held);
      this.#write(writer);
    }
    tokens.count = 0;
    if (writer.length - length <= octets.length + STORED_HEADER) return;
    writer.rewind(length, bits, held);
    writeStored(writer, octets);
  }

  /** Whether there is a code for everything, which is so once codes were made for it. */
  #write(writer: BitWriter): boolean {
    const { tokens } = this.#workspace;
    return (tokens.count < this.#worth ? FIXED_CODES : this.#codes).write(writer, tokens);
  }

  #fit(): void {
    const { tokens, block } = this.#workspace;
    block.count(tokens);
    this.#known.learn(block);
    this.#worth = tokens.count * this.#codes.fit(this.#known, block);
    this.#serve = CODES_SERVE;
  }

  reset(): void {
    this.#finder.reset();
    this.#bits = 0;
    this.#held = 0;
    this.#known.forget();
    this.#serve = FIXED_SERVE;
    this.#worth = Number.POSITIVE_INFINITY;
  }

  /** There is nothing to give back but memory that is collected. */
  release(): void {}
}

/** RFC 1951 section 3.2.4: a block with octets as they are, of which there may be none. */
function writeStored(writer: BitWriter, octets: Uint8Array): void {
  writer.put(0, 3);
  writer.align();
  writer.put(octets.length, 16);
  writer.put(~octets.length & 0xffff, 16);
  writer.append(octets);
}
