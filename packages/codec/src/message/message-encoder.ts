/**
 * RFC 6455 sections 5.4 and 5.6: messages in, frames out. A message is one frame unless it is sent in fragments, and
 * passes through the extension where that wants it.
 */
import { joinBytes } from "../bytes/join-bytes.ts";
import type { Outlet } from "../bytes/outlet.ts";
import { type EncodeTextInto, encodeTextInto, encodeUtf8 } from "../bytes/text.ts";
import { checkUsage } from "../errors.ts";
import type { MessageExtension } from "../extensions/extension.ts";
import { FIN, MAX_CONTROL_PAYLOAD } from "../frame/frame-bits.ts";
import { encodeFrame, encodeTextFrame, type MaskKeySource } from "../frame/frame-encoder.ts";
import * as Opcode from "../frame/opcode.ts";

/** How messages become frames, and where these go. */
export interface EncoderOptions {
  /** Where encoded bytes go. */
  readonly outlet: Outlet;
  /** Masking keys: a client must have them, a server must not (section 5.1). */
  readonly nextMaskKey?: MaskKeySource | undefined;
  /** The extension that was agreed on. */
  readonly extension?: MessageExtension | undefined;
  /** What writes text, where the platform has something faster than `TextEncoder`. */
  readonly encodeTextInto?: EncodeTextInto | undefined;
}

/** Messages in, frames out: the sending half of a `Protocol`, or all that a frame encoded in advance needs. */
export class MessageEncoder {
  /** The extension in use, if any. */
  readonly extension: MessageExtension | undefined;
  readonly #outlet: Outlet;
  /** Undefined for a server, which never masks (section 5.1). */
  readonly #nextKey: MaskKeySource | undefined;
  readonly #encodeTextInto: EncodeTextInto;
  /** First byte of the next frame of the message that is sent in parts: its opcode and reserved bits, then 0. */
  #next = 0;
  /** The extension, if it transforms that message. */
  #transforms: MessageExtension | undefined;
  /** What a message that is one frame, but encoded piece by piece, has so far. */
  #pieces: Uint8Array[] | undefined;

  constructor(options: EncoderOptions) {
    this.#outlet = options.outlet;
    this.#nextKey = options.nextMaskKey;
    this.#encodeTextInto = options.encodeTextInto ?? encodeTextInto;
    this.extension = options.extension;
  }

  /**
   * Sends a text message; a lone surrogate becomes U+FFFD. Only while the protocol is `sendable`, as all of a message.
   *
   * @param compress the caller's word on whether the extension transforms this message
   */
  sendText(text: string, compress?: boolean): void {
    if (this.extension !== undefined) this.#message(Opcode.TEXT, encodeUtf8(text), compress);
    else encodeTextFrame(this.#outlet, this.#nextKey, FIN | Opcode.TEXT, text, this.#encodeTextInto);
  }

  /** Sends a binary message. A payload over the outlet's copy limit must not change until it is sent. */
  sendBinary(payload: Uint8Array, compress?: boolean): void {
    this.#message(Opcode.BINARY, payload, compress);
  }

  #message(opcode: number, payload: Uint8Array, compress: boolean | undefined): void {
    const { extension } = this;
    if (extension?.wants(payload.length, compress)) {
      this.#frame(FIN | opcode | extension.rsv, this.#lasting(extension.encode(payload, true)));
    } else {
      this.#frame(FIN | opcode, payload);
    }
  }

  /** @throws UsageError if the payload is longer than 125 bytes (section 5.5) */
  protected sendControl(opcode: number, payload: Uint8Array): void {
    checkUsage(payload.length <= MAX_CONTROL_PAYLOAD, "control-too-long", payload.length);
    this.#frame(FIN | opcode, payload);
  }

  /**
   * Begins a message that comes in parts: `sendFragment` or `sendPiece` follow, and no other message before the last
   * part. Whether it is transformed is decided here, once.
   *
   * @param length bytes of the whole message, where they are known
   */
  beginMessage(kind: "text" | "binary", length?: number, compress?: boolean): void {
    this.#transforms = this.extension?.wants(length, compress) ? this.extension : undefined;
    this.#next = (kind === "text" ? Opcode.TEXT : Opcode.BINARY) | (this.#transforms?.rsv ?? 0);
  }

  /**
   * The next part of the message, as a frame of its own (section 5.4); `last` ends the message. Control frames may go
   * between two. An empty part sends no frame; any other is on its way whole, also where it is transformed.
   */
  sendFragment(part: Uint8Array, last: boolean): void {
    const payload = this.#transforms === undefined ? part : this.#lasting(this.#transforms.encode(part, last, true));
    if (payload.length > 0 || last) this.#part(payload, last);
  }

  /** The next part of a message that leaves as one frame with its last part: for work that is spread over turns. */
  sendPiece(part: Uint8Array, last: boolean): void {
    this.#pieces ??= [];
    this.#pieces.push(this.#transforms?.encode(part, last).slice() ?? part);
    if (!last) return;
    const whole = joinBytes(this.#pieces);
    this.#pieces = undefined;
    this.#part(whole, true);
  }

  #part(payload: Uint8Array, last: boolean): void {
    this.#frame(last ? FIN | this.#next : this.#next, payload);
    this.#next = 0;
  }

  #frame(first: number, payload: Uint8Array): void {
    encodeFrame(this.#outlet, this.#nextKey, first, payload);
  }

  /** An extension's output is valid until its next call only; what the outlet keeps must be a copy. */
  #lasting(output: Uint8Array): Uint8Array {
    return output.length > this.#outlet.copyLimit ? output.slice() : output;
  }
}
