/**
 * A message made ready once for many receivers. A server's frame bears no masking key, so that the same bytes serve
 * all connections that did not agree on compression; for the others the payload is kept as it is.
 */
import { encodeUtf8, OutputBuffer, Protocol, UsageError } from "@samewire/codec";
import { type Bytes, isBytes, viewOf } from "./message.ts";

export class PreparedMessage {
  readonly kind: "text" | "binary";
  /** The payload, copied when the message was prepared. */
  readonly payload: Uint8Array;
  /** The whole frame as a server sends it, not compressed. */
  readonly frame: Uint8Array;

  /** @internal Use {@link prepare}. */
  constructor(message: string | Bytes) {
    const text = typeof message === "string";
    if (!text && !isBytes(message)) throw new UsageError("message-type", "a message is a string or bytes");
    this.kind = text ? "text" : "binary";
    this.payload = text ? encodeUtf8(message) : viewOf(message).slice();
    const output = new OutputBuffer();
    const protocol = new Protocol({ role: "server", outlet: output }, NO_EVENTS);
    protocol.beginMessage(this.kind);
    protocol.sendFragment(this.payload, true);
    this.frame = output.take();
  }
}

const ignore = (): void => {};
const NO_EVENTS = {
  onMessage: ignore,
  onStreamStart: ignore,
  onStreamChunk: ignore,
  onStreamEnd: ignore,
  onPing: ignore,
  onPong: ignore,
  onCloseFrame: ignore,
  onFault: ignore,
};

/** Encodes a message once, to be sent to many: `send(prepared)`, or `publish`. */
export function prepare(message: string | Bytes): PreparedMessage {
  return new PreparedMessage(message);
}
