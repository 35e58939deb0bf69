/**
 * Every fault that a peer can commit, one stable code per rule: after the opening handshake, and in it.
 *
 * A fault of the peer is a value ({@link ProtocolError}, {@link HandshakeError}), never thrown by the codec. A misuse is
 * a {@link UsageError}, thrown at the call and before anything is written.
 */

/**
 * A rule of the data after the opening handshake: the section that demands it (of RFC 6455, or of another RFC where it
 * says so), and the status code of the Close frame that names its breach (RFC 6455 section 7.4.1), by default 1002.
 */
export type ProtocolRule = readonly [section: string, closeCode?: number];

/** Every rule of the data after the opening handshake, by its code. */
export const PROTOCOL_RULES = {
  /** A reserved bit is set that no agreed extension owns. */
  "reserved-bits": ["5.2"],
  "reserved-opcode": ["5.2"],
  /** A frame from a client is not masked. */
  "mask-required": ["5.1"],
  /** A frame from a server is masked. */
  "mask-forbidden": ["5.1"],
  "control-fragmented": ["5.5"],
  /** A control frame's payload is longer than 125 bytes. */
  "control-too-long": ["5.5"],
  /** The payload length is not in its shortest form. */
  "length-not-minimal": ["5.2"],
  /** The top bit of the 64-bit payload length is set. */
  "length-top-bit": ["5.2"],
  "message-too-large": ["7.4.1", 1009],
  /** A continuation frame came with no message to continue. */
  "unexpected-continuation": ["5.4"],
  /** A new message began before the last one was finished. */
  "expected-continuation": ["5.4"],
  /** A text message is not valid UTF-8. */
  "invalid-utf8": ["8.1", 1007],
  /** A Close frame's payload is one byte long. */
  "close-payload-length": ["5.5.1"],
  /** The status code may not be sent in a Close frame. */
  "close-code-invalid": ["7.4"],
  "close-reason-utf8": ["5.5.1", 1007],
  /** The compressed payload is not a valid DEFLATE stream. */
  "deflate-invalid": ["RFC 7692 7.2.2", 1007],
  /** The message inflates by more than the allowed ratio. */
  "deflate-ratio": ["10.4", 1009],
} as const;

/** The code of a {@link ProtocolError}, one per rule. */
export type ProtocolErrorCode = keyof typeof PROTOCOL_RULES;

/**
 * A rule of the opening handshake: the section that demands it, and the status and header fields with which a server
 * refuses, unless only a server can break it. What each of them demands is said in `docs/handshake.md`.
 */
export type HandshakeRule = readonly [section: string, status?: number, headers?: Readonly<Record<string, string>>];

/** Every rule of the opening handshake, by its code. */
export const HANDSHAKE_RULES = {
  // Of any HTTP/1.1 head, in both roles.
  "head-too-large": ["RFC 6585 5", 431],
  "too-many-headers": ["RFC 6585 5", 431],
  "line-ending": ["RFC 9112 2.2", 400],
  "header-name": ["RFC 9112 5.1", 400],
  "header-folded": ["RFC 9112 5.2", 400],
  "header-value": ["RFC 9110 5.5", 400],
  "head-incomplete": ["RFC 9112 8"],
  // Of a request.
  "request-line": ["RFC 9112 3", 400],
  "request-target": ["RFC 9112 3.2", 400],
  "http-version": ["4.2.1", 505],
  host: ["RFC 9112 3.2", 400],
  "content-length": ["RFC 9112 6.3", 400],
  method: ["4.2.1", 405, { Allow: "GET" }],
  "request-body": ["4.2.1", 400],
  // RFC 9110 section 15.5.22: a 426 names in Upgrade what it asks for; section 4.4: and the version understood.
  upgrade: ["4.2.1", 426, { Upgrade: "websocket", "Sec-WebSocket-Version": "13" }],
  connection: ["4.2.1", 400],
  "version-missing": ["4.2.1", 400, { "Sec-WebSocket-Version": "13" }],
  "version-unsupported": ["4.4", 426, { Upgrade: "websocket", "Sec-WebSocket-Version": "13" }],
  key: ["4.2.1", 400],
  subprotocols: ["4.1 (10)", 400],
  extensions: ["9.1", 400],
  // Of a response: the numbered checks of section 4.1, in their order.
  "status-line": ["RFC 9112 4"],
  "response-status": ["4.1 (1)"],
  "response-version": ["RFC 9110 15.2"],
  "response-upgrade": ["4.1 (2)"],
  "response-connection": ["4.1 (3)"],
  "response-accept": ["4.1 (4)"],
  "response-extensions": ["9.1"],
  "extension-not-offered": ["4.1 (5)"],
  "extension-repeated": ["11.3.2"],
  "extension-parameters": ["9.1"],
  "subprotocol-repeated": ["11.3.4"],
  "subprotocol-not-offered": ["4.1 (6)"],
} as const;

/** The code of a {@link HandshakeError}, one per rule. */
export type HandshakeErrorCode = keyof typeof HANDSHAKE_RULES;

/** What the two kinds of a peer's faults have in common. */
class PeerError<Code extends string> extends Error {
  /** Stable and machine-readable, one per rule. */
  readonly code: Code;
  /** The clause that was broken, for example `RFC 6455 5.1`. */
  readonly section: string;

  constructor(code: Code, clause: string, detail = "") {
    const section = clause.startsWith("RFC") ? clause : `RFC 6455 ${clause}`;
    super(`rule broken: ${code}${detail && `: ${detail}`} (${section})`);
    this.code = code;
    this.section = section;
  }
}

/** A fault of the peer in the data after the opening handshake. Created, reported, never thrown by the codec. */
export class ProtocolError extends PeerError<ProtocolErrorCode> {
  override readonly name = "ProtocolError";
  /** The status code of the Close frame with which the connection fails (RFC 6455 section 7.1.7). */
  readonly closeCode: number;

  constructor(code: ProtocolErrorCode, detail?: string) {
    const [section, closeCode = 1002]: ProtocolRule = PROTOCOL_RULES[code];
    super(code, section, detail);
    this.closeCode = closeCode;
  }
}

/** A fault of the peer in the opening handshake. Created, reported, never thrown by the codec. */
export class HandshakeError extends PeerError<HandshakeErrorCode> {
  override readonly name = "HandshakeError";
  /** The HTTP status with which a server refuses; undefined where the fault is a server's. */
  readonly status: number | undefined;
  /** The header fields that belong to the refusal, for example `Sec-WebSocket-Version` with 426. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: HandshakeErrorCode, detail?: string) {
    const [section, status, headers = {}]: HandshakeRule = HANDSHAKE_RULES[code];
    super(code, section, detail);
    this.status = status;
    this.headers = headers;
  }
}

/** The caller broke the contract of an API. Thrown at the call, before anything is written. */
export class UsageError extends TypeError {
  override readonly name = "UsageError";
  /** Stable and machine-readable: what kind of thing is at fault, for example `close-code` or `option`. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Throws a {@link UsageError} unless what the caller gave is valid.
 *
 * @param value what was given, or the part of it that is at fault
 */
export function checkUsage(valid: boolean, code: string, value: unknown): asserts valid {
  if (valid) return;
  // An object may have no end, or make any conversion throw.
  const shown = typeof value === "object" ? typeof value : JSON.stringify(String(value));
  throw new UsageError(code, `not allowed: ${code} ${shown}`);
}
