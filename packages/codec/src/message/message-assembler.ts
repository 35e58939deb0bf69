/**
 * RFC 6455 sections 5.4 and 5.6: frames in, messages out. Joins fragments, hands payloads to the extension that owns
 * their reserved bit, checks text as it arrives, keeps the message limit; or shows a message chunk by chunk.
 */
import { joinBytes } from "../bytes/join-bytes.ts";
import { NO_BYTES } from "../bytes/no-bytes.ts";
import type { DecodeText } from "../bytes/text.ts";
import { Utf8Validator } from "../bytes/utf8.ts";
import { ProtocolError, type ProtocolErrorCode } from "../errors.ts";
import type { MessageExtension } from "../extensions/extension.ts";
import { CONTROL, FIN, RSV_BITS } from "../frame/frame-bits.ts";
import { FrameDecoder, type FrameHandler } from "../frame/frame-decoder.ts";
import { maskInPlace } from "../frame/masking.ts";
import * as Opcode from "../frame/opcode.ts";
import { type Limits, limitOf, transformedSizeLimit } from "../limits.ts";
import { PayloadBlock } from "./payload-block.ts";
import { PayloadCollector } from "./payload-collector.ts";

/**
 * After this many slices through an extension, in and out, the assembler suspends, and the event loop has its turn. They
 * are counted over chunks: a runtime may hand over any number of them before it looks at anything else.
 */
const TURN_BUDGET = 8;
/** What each call of an extension costs beside its bytes, as the bytes that would cost as much. */
const CALL_COST = 1024;

const FIN_TEXT = FIN | Opcode.TEXT;
const FIN_BINARY = FIN | Opcode.BINARY;

export interface MessageHandler {
  /** A whole message; bytes are the receiver's own. */
  onMessage(message: string | Uint8Array): void;
  /** A message begins that is shown chunk by chunk; the chunks of a text are valid UTF-8 as far as they go. */
  onStreamStart(text: boolean): void;
  onStreamChunk(chunk: Uint8Array): void;
  onStreamEnd(): void;
  /** A control frame; the payload is valid during the call only. */
  onControl(opcode: number, payload: Uint8Array): void;
  onFault(error: ProtocolError): void;
}

export class MessageAssembler implements FrameHandler {
  /** True while work of the last chunk waits for `resume`. */
  suspended = false;

  readonly #handler: MessageHandler;
  readonly #limits: Partial<Limits>;
  readonly #extension: MessageExtension | undefined;
  readonly #decodeText: DecodeText;
  readonly #decoder: FrameDecoder;
  readonly #block = new PayloadBlock();
  // Made for the first message that is not one frame whole in its chunk: many connections see none.
  #collector: PayloadCollector | undefined;
  #utf8: Utf8Validator | undefined;
  #failed = false;
  #streaming!: boolean;

  // The message under way.
  #underWay = false;
  #text = false;
  #last = false;
  #streamed = false;
  #transformed = false;
  /** Payload bytes as received, and after the extension. */
  #received = 0;
  #size = 0;
  #sizeLimit = 0;

  // Work left over from the chunk when suspended.
  #rest: Uint8Array = NO_BYTES;
  #pieceRest: Uint8Array = NO_BYTES;
  #pieceEnds = false;
  #inPiece = false;
  #spent = 0;

  // A control frame whose payload spans chunks.
  #control: Uint8Array = NO_BYTES;
  #controlOpcode = 0;
  #controlLength = 0;

  constructor(
    handler: MessageHandler,
    expectMasked: boolean,
    limits: Partial<Limits>,
    extension: MessageExtension | undefined,
    decodeText: DecodeText,
    streaming: boolean,
  ) {
    this.#handler = handler;
    this.#limits = limits;
    this.#extension = extension;
    this.#decodeText = decodeText;
    this.#decoder = new FrameDecoder(this, expectMasked);
    this.#decoder.allowedRsv = extension?.rsv ?? 0;
    this.streaming = streaming;
  }

  /** Whether the next message is shown chunk by chunk instead of being put together. */
  set streaming(value: boolean) {
    this.#streaming = value;
    if (!this.#underWay) this.#expectMessage();
  }

  /** Takes a chunk, of which a view keeps `memory` bytes alive. */
  receive(chunk: Uint8Array, memory: number): void {
    if (this.#failed) return;
    if (this.suspended) {
      this.#rest = joinBytes([this.#rest, chunk]);
      return;
    }
    // Views of a subclass (Node's Buffer) would be of that subclass, and make everything after them polymorphic.
    const plain = chunk.constructor === Uint8Array;
    this.#decode(plain ? chunk : new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length), memory);
  }

  /** Goes on where it was suspended. */
  resume(): void {
    if (!this.suspended || this.#failed) return;
    this.suspended = false;
    this.#spent = 0;
    // What waited is our own.
    this.#block.chunkMemory = this.#pieceRest.buffer.byteLength;
    if (this.#inPiece) this.#transform(this.#pieceRest, this.#pieceEnds);
    if (this.suspended) return;
    const rest = this.#rest;
    this.#rest = NO_BYTES;
    this.#decode(rest, rest.buffer.byteLength);
  }

  /** Stops for good: input is discarded and nothing is retained. */
  stop(): void {
    this.#failed = true;
    this.suspended = false;
    this.#decoder.halt();
    this.#collector = undefined;
    this.#rest = NO_BYTES;
    this.#pieceRest = NO_BYTES;
  }

  #decode(chunk: Uint8Array, memory: number): void {
    this.#block.chunkMemory = memory;
    const reached = this.#decoder.decode(chunk, 0);
    if (this.suspended) this.#rest = this.#kept(chunk, reached);
    this.#block.release();
  }

  /** What follows `from`, to be kept: a copy where the chunk is only lent. */
  #kept(bytes: Uint8Array, from: number): Uint8Array {
    return this.#block.chunkMemory === Infinity ? bytes.slice(from) : bytes.subarray(from);
  }

  onFrame(first: number, bytes: Uint8Array, start: number, end: number, key: number): void {
    if (!this.#streaming) {
      // The way of nearly every message: one frame, whole in its chunk.
      if (first === FIN_BINARY) {
        this.#handler.onMessage(this.#block.own(bytes, start, end, key));
        return;
      }
      if (first === FIN_TEXT) {
        maskInPlace(bytes, start, end, key);
        const text = this.#decodeText(bytes, start, end);
        if (text === undefined) this.onFault("invalid-utf8");
        else this.#handler.onMessage(text);
        return;
      }
    }
    if ((first & CONTROL) !== 0) {
      maskInPlace(bytes, start, end, key);
      this.#handler.onControl(first & 0x0f, bytes.subarray(start, end));
      return;
    }
    this.#startFrame(first, end - start);
    // The handler may have ended everything when it was told of the message.
    if (!this.#failed) this.#takePiece(bytes, start, end, key, true);
  }

  onFrameStart(first: number, length: number): void {
    if ((first & CONTROL) !== 0) {
      this.#control = new Uint8Array(length);
      this.#controlOpcode = first & 0x0f;
      this.#controlLength = 0;
      return;
    }
    this.#startFrame(first, length);
  }

  onPiece(bytes: Uint8Array, start: number, end: number, key: number, last: boolean): void {
    if (this.#controlOpcode === 0) {
      this.#takePiece(bytes, start, end, key, last);
      return;
    }
    maskInPlace(bytes, start, end, key);
    this.#control.set(bytes.subarray(start, end), this.#controlLength);
    this.#controlLength += end - start;
    if (!last) return;
    const opcode = this.#controlOpcode;
    const payload = this.#control;
    this.#controlOpcode = 0;
    this.#control = NO_BYTES;
    this.#handler.onControl(opcode, payload);
  }

  onFault(code: ProtocolErrorCode): void {
    this.#fail(new ProtocolError(code));
  }

  #startFrame(first: number, length: number): void {
    const decoder = this.#decoder;
    if ((first & 0x0f) !== Opcode.CONTINUATION) {
      this.#text = (first & 0x0f) === Opcode.TEXT;
      this.#transformed = (first & RSV_BITS) !== 0;
      this.#streamed = this.#streaming;
      this.#underWay = true;
      this.#sizeLimit = limitOf(this.#limits, this.#streamed);
      if (this.#streamed) this.#handler.onStreamStart(this.#text);
    }
    this.#last = (first & FIN) !== 0;
    this.#received += length;
    decoder.fragmented = !this.#last;
    decoder.maxLength = (this.#transformed ? transformedSizeLimit(this.#sizeLimit) : this.#sizeLimit) - this.#received;
  }

  /** The next piece of a data frame's payload; `last` ends the frame. */
  #takePiece(bytes: Uint8Array, start: number, end: number, key: number, last: boolean): void {
    const ends = last && this.#last;
    const own = this.#streamed && !this.#transformed;
    if (!own) maskInPlace(bytes, start, end, key);
    const piece = own ? this.#block.own(bytes, start, end, key) : bytes.subarray(start, end);
    if (!this.#transformed) {
      this.#accept(piece);
      if (ends && !this.#failed) this.#finish();
    } else if (start < end || ends) {
      this.#transform(piece, ends);
    }
  }

  /** Runs a piece through the extension, output by output, and suspends when the turn's budget is spent. */
  #transform(piece: Uint8Array, ends: boolean): void {
    const extension = this.#extension as MessageExtension;
    let at = 0;
    let more: boolean;
    let whole: Uint8Array | undefined;
    this.#inPiece = true;
    do {
      const next = extension.pending ? NO_BYTES : piece.subarray(at, at + extension.decodeSlice);
      at += next.length;
      const max = Math.min(2 * extension.decodeSlice, this.#sizeLimit - this.#size + 1);
      const output = extension.decode(next, ends && at === piece.length, max);
      if (output instanceof ProtocolError) {
        this.#fail(output);
        return;
      }
      this.#size += output.length;
      if (this.#size > this.#sizeLimit) {
        this.onFault("message-too-large");
        return;
      }
      this.#spent += (next.length + output.length + extension.overhead + CALL_COST) / extension.decodeSlice;
      more = extension.pending || at < piece.length;
      // Nothing is collected of a message that comes out in one piece.
      if (!more && ends && this.#size === output.length && !this.#streamed) whole = output;
      else if (output.length > 0) this.#accept(output);
      if (this.#failed) return;
      if (more && this.#spent >= TURN_BUDGET) {
        this.#pieceRest = this.#kept(piece, at);
        this.#pieceEnds = ends;
        this.#suspend();
        return;
      }
    } while (more);
    this.#inPiece = false;
    this.#pieceRest = NO_BYTES;
    if (ends) this.#finish(whole);
    if (this.#spent >= TURN_BUDGET && !this.#failed) this.#suspend();
  }

  /** Takes payload of the message under way; what is shown as a stream is the receiver's, unless it is an extension's. */
  #accept(piece: Uint8Array): void {
    if (this.#text) {
      this.#utf8 ??= new Utf8Validator();
      if (!this.#utf8.write(piece, 0, piece.length)) {
        this.onFault("invalid-utf8");
        return;
      }
    }
    if (!this.#streamed) {
      this.#collector ??= new PayloadCollector();
      this.#collector.add(piece, this.#transformed ? 0 : this.#received);
    } else if (piece.length > 0) {
      this.#handler.onStreamChunk(this.#transformed ? piece.slice() : piece);
    }
  }

  /** The message under way is complete; `output` is all of it where it came out of an extension in one piece. */
  #finish(output?: Uint8Array): void {
    if (this.#utf8?.end() === false) {
      this.onFault("invalid-utf8");
      return;
    }
    if (this.#streamed) {
      this.#expectMessage();
      this.#handler.onStreamEnd();
      return;
    }
    const payload = output ?? (this.#collector as PayloadCollector).whole();
    const message = this.#text ? this.#decodeText(payload, 0, payload.length) : (output?.slice() ?? payload);
    this.#collector = undefined;
    this.#expectMessage();
    if (message === undefined) this.onFault("invalid-utf8");
    else this.#handler.onMessage(message);
  }

  /** Ready for a new message. */
  #expectMessage(): void {
    const decoder = this.#decoder;
    const limit = limitOf(this.#limits, this.#streaming);
    decoder.maxLength = limit;
    decoder.maxTransformedLength = transformedSizeLimit(limit);
    this.#underWay = false;
    this.#received = 0;
    this.#size = 0;
    this.#utf8 = undefined;
  }

  #suspend(): void {
    this.suspended = true;
    this.#decoder.halt();
  }

  #fail(error: ProtocolError): void {
    if (this.#failed) return;
    this.stop();
    this.#handler.onFault(error);
  }
}
