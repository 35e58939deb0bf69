/**
 * RFC 7692 section 7.2: permessage-deflate on one connection. Contexts are made when the first message needs them. What
 * is kept from message to message is charged to the budget: an inflater for as long as the peer may refer to its
 * history, a compressor from the second message on until the connection idles, since it may forget whenever it likes.
 * Without context takeover, or where the budget has no room, a context lives for one message.
 */
import { NO_BYTES } from "../bytes/no-bytes.ts";
import { ProtocolError, type ProtocolErrorCode } from "../errors.ts";
import type { DeflateEngine, Deflater, DeflaterOptions, Inflater, InflaterOptions } from "./deflate-engine.ts";
import type { DeflateSettings } from "./deflate-options.ts";
import { PERMESSAGE_DEFLATE } from "./deflate-parameters.ts";
import type { AgreedExtension, ExtensionOffer, ExtensionUser, MessageExtension } from "./extension.ts";

/** What was agreed for one direction. */
export interface Direction {
  /** 8 to 15. */
  readonly windowBits: number;
  readonly takeover: boolean;
}

/** A block with BFINAL set costs a new context: this many are free in a message, and one more for each 64 bytes of it. */
const FREE_FINAL_BLOCKS = 16;

export class PerMessageDeflate implements MessageExtension {
  readonly name: string = PERMESSAGE_DEFLATE;
  readonly agreed: AgreedExtension;
  /** Section 6: RSV1 marks a compressed message. */
  readonly rsv: number = 0x40;
  readonly decodeSlice: number;
  pending: boolean = false;
  overhead: number = 0;
  user: ExtensionUser | undefined;
  readonly shareKey: string;
  /** A context made after `release` would never be given back: nothing is transformed any more. */
  #released = false;

  readonly #engine: DeflateEngine;
  readonly #settings: DeflateSettings;

  readonly #outbound: DeflaterOptions;
  readonly #outboundTakeover: boolean;
  #deflater: Deflater | undefined;
  #deflaterKept = false;
  /** A message was compressed since the connection was idle: the next is worth a history. */
  #warm = false;
  /** Bytes were fed to the compressor that it may hold back: until they are out, it cannot be given back. */
  #unflushed = false;

  readonly #inbound: InflaterOptions;
  readonly #inboundTakeover: boolean;
  #inflater: Inflater | undefined;
  /** Bytes charged for the inflater, made or owed, and for its history. */
  #inflaterCharge = 0;
  #bytesIn = 0;
  #bytesOut = 0;
  #finalBlocks = 0;

  constructor(
    engine: DeflateEngine,
    settings: DeflateSettings,
    agreed: ExtensionOffer,
    outbound: Direction,
    inbound: Direction,
  ) {
    this.#engine = engine;
    this.#settings = settings;
    this.decodeSlice = engine.decodeSlice;
    this.agreed = { name: this.name, params: agreed.params, engine: engine.name };
    const { level, memLevel } = settings;
    this.#outbound = { windowBits: outbound.windowBits, level, memLevel };
    this.shareKey = Object.values(this.#outbound).join();
    this.#outboundTakeover = outbound.takeover;
    // A window of 256 bytes is inflated with one of 512.
    this.#inbound = { windowBits: Math.max(9, inbound.windowBits) };
    this.#inboundTakeover = inbound.takeover;
    if (inbound.takeover) this.#chargeInflater(0);
  }

  get encodeSlice(): number {
    return this.#engine.encodeSlice(this.#outbound);
  }

  wants(length: number | undefined, choice: boolean | undefined): boolean {
    // No DEFLATE library compresses for a window of 256 bytes: everything is then sent as it is, which is always right.
    if (this.#outbound.windowBits < 9) return false;
    return choice ?? (length === undefined || length >= this.#settings.threshold);
  }

  encode(piece: Uint8Array, last: boolean, flush: boolean = last): Uint8Array {
    let output: Uint8Array = NO_BYTES;
    if (piece.length > 0 || (last && this.#unflushed)) output = this.#deflate(piece, last, flush);
    // Section 7.2.3.6: an empty message, or what follows a flush, is the header of an empty stored block.
    else if (last) output = new Uint8Array(1);
    if (last && !this.#deflaterKept) this.#closeDeflater();
    return output;
  }

  #deflate(piece: Uint8Array, last: boolean, flush: boolean): Uint8Array {
    if (this.#released) return NO_BYTES;
    this.#unflushed = !flush;
    this.#deflater ??= this.#openDeflater();
    this.#warm = true;
    this.user?.used();
    return this.#deflater.deflate(piece, last, flush);
  }

  encodeAlone(message: Uint8Array): Uint8Array {
    const deflater = this.#engine.createDeflater(this.#outbound);
    const output = deflater.deflate(message, true);
    deflater.release();
    return output;
  }

  forget(): void {
    // The peer's window goes on with a message that our compressor has not seen.
    this.#closeDeflater();
  }

  #openDeflater(): Deflater {
    const memory = this.#engine.deflaterMemory(this.#outbound);
    const { budget } = this.#settings;
    this.#deflaterKept = this.#outboundTakeover && this.#warm && (budget?.fits(memory) ?? true);
    const deflater = this.#engine.createDeflater(this.#outbound);
    budget?.charge(memory);
    return deflater;
  }

  #closeDeflater(): void {
    if (this.#deflater === undefined) return;
    this.#deflater.release();
    this.#deflater = undefined;
    this.#settings.budget?.refund(this.#engine.deflaterMemory(this.#outbound));
  }

  decode(piece: Uint8Array, last: boolean, max: number): Uint8Array | ProtocolError {
    if (this.#released) return NO_BYTES;
    this.#bytesIn += piece.length;
    this.overhead = 0;
    // A message without a single byte (section 7.2.3.6 asks for one) is taken as empty; there is nothing to inflate.
    if (last && this.#bytesIn === 0) return NO_BYTES;

    this.#inflater ??= this.#engine.createInflater(this.#inbound);
    const inflater = this.#inflater;
    const output = inflater.inflate(piece, last, max);
    if (output === undefined) return this.#fail("deflate-invalid");
    this.#bytesOut += output.length;
    this.overhead = inflater.overhead;
    if (inflater.ended) this.#finalBlocks += 1;
    if (this.#isBomb()) return this.#fail("deflate-ratio");
    this.#chargeInflater(inflater.history);
    this.pending = inflater.pending;
    if (last && !this.pending) {
      this.#bytesIn = 0;
      this.#bytesOut = 0;
      this.#finalBlocks = 0;
      if (!this.#inboundTakeover) this.#closeInflater();
    }
    return output;
  }

  #isBomb(): boolean {
    if (this.#finalBlocks > FREE_FINAL_BLOCKS + this.#bytesIn / 64) return true;
    const { maxRatio, ratioFloor } = this.#settings;
    if (maxRatio === 0) return false;
    const window = this.#inboundTakeover ? 1 << this.#inbound.windowBits : 0;
    return this.#bytesOut > ratioFloor + window + maxRatio * this.#bytesIn;
  }

  #fail(code: ProtocolErrorCode): ProtocolError {
    this.pending = false;
    this.#closeInflater();
    return new ProtocolError(code);
  }

  #closeInflater(): void {
    this.#inflater?.release();
    this.#inflater = undefined;
    this.#settings.budget?.refund(this.#inflaterCharge);
    this.#inflaterCharge = 0;
  }

  #chargeInflater(history: number): void {
    const more = this.#engine.inflaterMemory(this.#inbound) + history - this.#inflaterCharge;
    this.#inflaterCharge += more;
    this.#settings.budget?.charge(more);
  }

  idle(): void {
    if (this.#unflushed) return;
    this.#closeDeflater();
    this.#warm = false;
  }

  release(): void {
    this.#released = true;
    this.pending = false;
    this.#closeDeflater();
    this.#closeInflater();
  }
}
