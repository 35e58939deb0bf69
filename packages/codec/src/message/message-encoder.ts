/**
 * RFC 6455 sections 5.4 and 5.6: messages in, frames out. A message is one frame unless it is sent in fragments, and
 * passes through the extension where that wants it.
 */
import { joinBytes } from "../bytes/join-bytes.ts";
import type { Outlet } from "../bytes/outlet.ts";
import { encodeUtf8 } from "../bytes/text.ts";
import type { MessageExtension } from "../extensions/extension.ts";
import { FIN } from "../frame/frame-bits.ts";
import { FrameEncoder, type MaskKeySource } from "../frame/frame-encoder.ts";
import * as Opcode from "../frame/opcode.ts";

export class MessageEncoder {
  readonly #outlet: Outlet;
  readonly #frames: FrameEncoder;
  readonly #extension: MessageExtension | undefined;
  /** First byte of the next frame of the message begun with `begin`: its opcode and reserved bits, then 0. */
  #next = 0;
  /** The extension, if it transforms that message. */
  #transforms: MessageExtension | undefined;
  /** What a message that is one frame, but encoded piece by piece, has so far. */
  #pieces: Uint8Array[] = [];

  constructor(outlet: Outlet, nextKey: MaskKeySource | undefined, extension: MessageExtension | undefined) {
    this.#outlet = outlet;
    this.#frames = new FrameEncoder(outlet, nextKey);
    this.#extension = extension;
  }

  /** @param choice the caller's word on whether the extension transforms this message */
  text(text: string, choice: boolean | undefined): void {
    if (this.#extension === undefined) this.#frames.encodeText(FIN | Opcode.TEXT, text);
    else this.message(Opcode.TEXT, encodeUtf8(text), choice);
  }

  message(opcode: number, payload: Uint8Array, choice: boolean | undefined): void {
    const extension = this.#extension;
    if (extension?.wants(payload.length, choice)) {
      this.#frames.encode(FIN | opcode | extension.rsv, this.#lasting(extension.encode(payload, true)));
    } else {
      this.#frames.encode(FIN | opcode, payload);
    }
  }

  control(opcode: number, payload: Uint8Array): void {
    this.#frames.encode(FIN | opcode, payload);
  }

  /** Begins a message that comes in parts. Whether it is transformed is decided here, once. */
  begin(opcode: number, length: number | undefined, choice: boolean | undefined): void {
    this.#transforms = this.#extension?.wants(length, choice) ? this.#extension : undefined;
    this.#next = opcode | (this.#transforms?.rsv ?? 0);
  }

  /** The next part as a frame of its own; `last` ends the message. A part that comes to nothing sends no frame. */
  fragment(part: Uint8Array, last: boolean): void {
    const payload = this.#transforms === undefined ? part : this.#lasting(this.#transforms.encode(part, last));
    if (payload.length > 0 || last) this.#frame(payload, last);
  }

  /** The next part of a message that goes out as one frame when its `last` part was given. */
  piece(part: Uint8Array, last: boolean): void {
    this.#pieces.push(this.#transforms?.encode(part, last).slice() ?? part);
    if (!last) return;
    const whole = joinBytes(this.#pieces);
    this.#pieces = [];
    this.#frame(whole, true);
  }

  #frame(payload: Uint8Array, last: boolean): void {
    this.#frames.encode(last ? FIN | this.#next : this.#next, payload);
    this.#next = 0;
  }

  /** An extension's output is valid until its next call only; what the outlet keeps must be a copy. */
  #lasting(output: Uint8Array): Uint8Array {
    return output.length > this.#outlet.copyLimit ? output.slice() : output;
  }
}
