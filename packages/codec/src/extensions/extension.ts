/**
 * RFC 6455 section 9: the port of an extension. An agreed extension owns reserved bits and transforms messages; how it
 * is negotiated is {@link ServerExtension} and {@link ClientExtension}.
 */
import type { ProtocolError } from "../errors.ts";

/** One element of `Sec-WebSocket-Extensions` (section 9.1). A parameter without a value is `true`. */
export interface ExtensionOffer {
  readonly name: string;
  readonly params: readonly (readonly [name: string, value: string | true])[];
}

/** An extension as it was agreed, in the form of the response header. */
export interface AgreedExtension extends ExtensionOffer {
  /** What carries it out, where there is a choice: for permessage-deflate `zlib` or `pako`. */
  readonly engine?: string;
}

/**
 * An extension in use on one connection. It transforms whole messages; control frames never pass through it.
 * All calls are synchronous, and every array it gives is valid only until its next call.
 */
export interface MessageExtension {
  /** The name agreed, for example `permessage-deflate`. */
  readonly name: string;
  readonly agreed: AgreedExtension;
  /** The bits of a frame's first byte that it owns on a message's first frame: 0x40 is RSV1. */
  readonly rsv: number;

  /** How many bytes to give to one call of `decode`. A turn takes eight slices, input and output together. */
  readonly decodeSlice: number;
  /** How many bytes to give to one call of `encode`; a longer message goes on in a later turn. May grow, and never shrinks. */
  readonly encodeSlice: number;

  /**
   * Whether an outgoing message of `length` bytes is to be transformed. Asked once, before any byte of it is fed, so
   * that a message sent as it is leaves no trace in the history.
   *
   * @param length bytes of the message; `undefined` for a stream, whose length is not known yet
   * @param choice the caller's override for this message
   */
  wants(length: number | undefined, choice: boolean | undefined): boolean;
  /**
   * The next piece of an outgoing message, transformed; `last` ends the message. May give an empty array: unless `flush`
   * asks for all that was fed so far, what comes out waits for more.
   */
  encode(piece: Uint8Array, last: boolean, flush?: boolean): Uint8Array;
  /** Told when `encode` uses memory that {@link idle} may give back; set by whoever calls `idle`. */
  user?: ExtensionUser | undefined;

  /**
   * The next piece of an incoming message, transformed back: at most `max` bytes of it. While {@link pending} is true
   * there is more to take: call again with an empty piece and the same `last`. The piece is neither kept nor changed.
   */
  decode(piece: Uint8Array, last: boolean, max: number): Uint8Array | ProtocolError;
  /** True while the last piece has output that `max` held back. */
  readonly pending: boolean;
  /** Work that the last `decode` did or made necessary beyond its input and output, as the bytes that would have cost as much. */
  readonly overhead: number;

  /**
   * For messages that are sent to many: names all that `encodeAlone` depends on besides the message. An extension that
   * cannot share leaves out this and the two methods.
   */
  readonly shareKey?: string;
  /** A whole message that refers to no other: all connections with the same key may send it. Needs a byte at least. */
  encodeAlone?(message: Uint8Array): Uint8Array;
  /** A message so encoded, by this connection or another, is sent here: later ones must not refer to what was before. */
  forget?(): void;

  /** Called when nothing was transformed for a while, within a message too: memory that no one is owed may be given back. */
  idle(): void;
  /** The connection is over: give back all memory. Idempotent. */
  release(): void;
}

/** Who decides when an extension is idle, and so has to know when it is not. */
export interface ExtensionUser {
  /** A message, or a part of one, was transformed on its way out. */
  used(): void;
}

/** Why an offered extension was not agreed: machine-readable, the same words on every runtime. */
export interface ExtensionDeclined {
  readonly extension: string;
  /** Stable code, for example `not-offered`, `unknown-parameter`, `window-bits-8`, `memory-budget`. */
  readonly reason: string;
}

/** The server's side of a negotiation, asked once a handshake. */
export interface ServerExtension {
  readonly name: string;
  /**
   * Chooses among the offers of this name, in the client's order of preference (section 9.1).
   *
   * @param offers those of the request's offers that bear this extension's name; may be empty
   */
  accept(offers: readonly ExtensionOffer[]): MessageExtension | ExtensionDeclined;
}

/** The client's side of a negotiation, made anew for each handshake. */
export interface ClientExtension {
  readonly name: string;
  /** What to offer, in order of preference. */
  readonly offers: readonly ExtensionOffer[];
  /** Why, where nothing is offered; see {@link ExtensionDeclined.reason}. */
  readonly withheld?: string | undefined;
  /** Checks what the server answered. A declined value here fails the handshake (section 4.1). */
  confirm(response: ExtensionOffer): MessageExtension | ExtensionDeclined;
}
