import { encodeUtf8, MessageEncoder, type MessageExtension, OutputBuffer, UsageError } from "@samewire/codec";
import { type Bytes, isBytes, viewOf } from "./message.ts";

/**
 * A message made ready once for many receivers. A server's frame bears no masking key, so that the same bytes serve all
 * connections; those with compression share one frame for each set of parameters.
 */
export class PreparedMessage {
  /** Text where it was prepared from a string. */
  readonly kind: "text" | "binary";
  /** The payload, copied when the message was prepared. */
  readonly payload: Uint8Array;
  /** The whole frame as a server sends it, not compressed. */
  readonly frame: Uint8Array;
  readonly #compressed = new Map<string, Uint8Array>();

  /** @internal Use {@link prepare}. */
  constructor(message: string | Bytes) {
    const text = typeof message === "string";
    if (!text && !isBytes(message)) throw new UsageError("message-type", "a message is a string or bytes");
    this.kind = text ? "text" : "binary";
    this.payload = text ? encodeUtf8(message) : viewOf(message).slice();
    this.frame = frameOf(this.kind, this.payload, undefined);
  }

  /**
   * The whole frame as a server sends it, compressed without reference to other messages: encoded once for each of the
   * extension's keys. Undefined where the extension cannot share, or there is nothing to compress.
   */
  compressed(extension: MessageExtension): Uint8Array | undefined {
    const { shareKey } = extension;
    if (shareKey === undefined || this.payload.length === 0) return undefined;
    let frame = this.#compressed.get(shareKey);
    if (frame === undefined) {
      frame = frameOf(this.kind, this.payload, extension);
      this.#compressed.set(shareKey, frame);
    }
    return frame;
  }
}

function frameOf(kind: "text" | "binary", payload: Uint8Array, by: MessageExtension | undefined): Uint8Array {
  const extension = by && {
    ...NO_EXTENSION,
    rsv: by.rsv,
    encode: (message: Uint8Array) => by.encodeAlone?.(message) ?? message,
  };
  const outlet = new OutputBuffer();
  const encoder = new MessageEncoder({ outlet, extension });
  encoder.beginMessage(kind, payload.length);
  encoder.sendFragment(payload, true);
  return outlet.take();
}

/** What of an extension a frame does not need. */
const NO_EXTENSION: Omit<MessageExtension, "rsv" | "encode"> = {
  name: "",
  agreed: { name: "", params: [] },
  wants: () => true,
  decode: (piece) => piece,
  pending: false,
  overhead: 0,
  decodeSlice: 0,
  encodeSlice: 0,
  idle() {},
  release() {},
};

/** Encodes a message once, to be sent to many: `send(prepared)`, or `publish`. */
export function prepare(message: string | Bytes): PreparedMessage {
  return new PreparedMessage(message);
}
