/**
 * Every fault that a peer can commit after the opening handshake, one stable code per rule.
 *
 * A fault of the peer is a value ({@link ProtocolError}); it is never thrown by the codec. A misuse by the caller is
 * a {@link UsageError}, thrown at the call and before anything is written.
 */
export interface Rule {
  /** The status code that the Close frame carries (RFC 6455 section 7.4.1). */
  readonly closeCode: number;
  /** The clause that demands it: a section of RFC 6455, or of RFC 7692 where it says so. */
  readonly section: string;
  readonly message: string;
}

export const PROTOCOL_RULES = {
  "reserved-bits": {
    closeCode: 1002,
    section: "RFC 6455 5.2",
    message: "a reserved bit is set that no agreed extension owns",
  },
  "reserved-opcode": { closeCode: 1002, section: "RFC 6455 5.2", message: "the opcode is reserved" },
  "mask-required": { closeCode: 1002, section: "RFC 6455 5.1", message: "a frame from a client is not masked" },
  "mask-forbidden": { closeCode: 1002, section: "RFC 6455 5.1", message: "a frame from a server is masked" },
  "control-fragmented": { closeCode: 1002, section: "RFC 6455 5.5", message: "a control frame is fragmented" },
  "control-too-long": {
    closeCode: 1002,
    section: "RFC 6455 5.5",
    message: "a control frame's payload is longer than 125 bytes",
  },
  "length-not-minimal": {
    closeCode: 1002,
    section: "RFC 6455 5.2",
    message: "the payload length is not in its shortest form",
  },
  "length-top-bit": {
    closeCode: 1002,
    section: "RFC 6455 5.2",
    message: "the top bit of the 64-bit payload length is set",
  },
  "message-too-large": {
    closeCode: 1009,
    section: "RFC 6455 7.4.1",
    message: "the message is longer than the limit",
  },
  "unexpected-continuation": {
    closeCode: 1002,
    section: "RFC 6455 5.4",
    message: "a continuation frame came with no message to continue",
  },
  "expected-continuation": {
    closeCode: 1002,
    section: "RFC 6455 5.4",
    message: "a new message began before the last one was finished",
  },
  "invalid-utf8": { closeCode: 1007, section: "RFC 6455 8.1", message: "a text message is not valid UTF-8" },
  "close-payload-length": {
    closeCode: 1002,
    section: "RFC 6455 5.5.1",
    message: "a Close frame's payload is one byte long",
  },
  "close-code-invalid": {
    closeCode: 1002,
    section: "RFC 6455 7.4",
    message: "the status code may not be sent in a Close frame",
  },
  "close-reason-utf8": { closeCode: 1007, section: "RFC 6455 5.5.1", message: "the close reason is not valid UTF-8" },
  "deflate-invalid": {
    closeCode: 1007,
    section: "RFC 7692 7.2.2",
    message: "the compressed payload is not a valid DEFLATE stream",
  },
  "deflate-ratio": {
    closeCode: 1009,
    section: "RFC 6455 10.4",
    message: "the message inflates by more than the allowed ratio",
  },
} as const;

export type ProtocolErrorCode = keyof typeof PROTOCOL_RULES;

/** A fault of the peer in the data after the opening handshake. Created, reported, never thrown by the codec. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  /** Stable and machine-readable, one per rule. */
  readonly code: ProtocolErrorCode;
  /** The status code of the Close frame with which the connection fails (RFC 6455 section 7.1.7). */
  readonly closeCode: number;
  /** The clause that was broken. */
  readonly section: string;

  constructor(code: ProtocolErrorCode, detail?: string) {
    const rule: Rule = PROTOCOL_RULES[code];
    super(`${rule.message}${detail === undefined ? "" : `: ${detail}`} (${rule.section})`);
    this.code = code;
    this.closeCode = rule.closeCode;
    this.section = rule.section;
  }
}

/** The caller broke the contract of an API. Thrown at the call, before anything is written. */
export class UsageError extends TypeError {
  override readonly name = "UsageError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
