/**
 * Every fault that a peer can commit, one stable code per rule: after the opening handshake, and in it.
 *
 * A fault of the peer is a value ({@link ProtocolError}, {@link HandshakeError}), never thrown by the codec. A misuse is
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

/** One rule of the opening handshake. */
export interface HandshakeRule {
  /** What a server answers where a client breaks the rule; absent from the rules that only a server can break. */
  readonly status?: number;
  /** The clause that demands it. */
  readonly section: string;
  readonly message: string;
}

export const HANDSHAKE_RULES = {
  // Of any HTTP/1.1 head, in both roles.
  "head-too-large": { status: 431, section: "RFC 6585 5", message: "the head is longer than the limit" },
  "too-many-headers": { status: 431, section: "RFC 6585 5", message: "there are more headers than the limit" },
  "line-ending": { status: 400, section: "RFC 9112 2.2", message: "a line does not end with CR LF" },
  "header-name": { status: 400, section: "RFC 9112 5.1", message: "a header name is not a token before a colon" },
  "header-folded": { status: 400, section: "RFC 9112 5.2", message: "a header is folded" },
  "header-value": { status: 400, section: "RFC 9110 5.5", message: "a header has a control character" },
  "head-incomplete": { section: "RFC 9112 8", message: "the stream ended inside the head" },
  // Of a request.
  "request-line": { status: 400, section: "RFC 9112 3", message: "the request line is malformed" },
  "request-target": { status: 400, section: "RFC 9112 3.2", message: "the request target is malformed" },
  "http-version": { status: 505, section: "RFC 6455 4.2.1", message: "the version is not HTTP/1.1" },
  host: { status: 400, section: "RFC 9112 3.2", message: "there is not one valid Host" },
  "content-length": { status: 400, section: "RFC 9112 6.3", message: "the Content-Length is not one number" },
  method: { status: 405, section: "RFC 6455 4.2.1", message: "the method is not GET" },
  "request-body": { status: 400, section: "RFC 6455 4.2.1", message: "the request has a body" },
  upgrade: {
    status: 426,
    section: "RFC 6455 4.2.1",
    message: "Upgrade does not name websocket (a proxy may have removed it)",
  },
  connection: { status: 400, section: "RFC 6455 4.2.1", message: "Connection does not name Upgrade" },
  "version-missing": { status: 400, section: "RFC 6455 4.2.1", message: "there is not one Sec-WebSocket-Version" },
  "version-unsupported": { status: 426, section: "RFC 6455 4.4", message: "Sec-WebSocket-Version is not 13" },
  key: { status: 400, section: "RFC 6455 4.2.1", message: "there is not one Sec-WebSocket-Key of 16 bytes in base64" },
  subprotocols: {
    status: 400,
    section: "RFC 6455 4.1 (10)",
    message: "Sec-WebSocket-Protocol is not a list of unique tokens",
  },
  extensions: { status: 400, section: "RFC 6455 9.1", message: "Sec-WebSocket-Extensions is malformed" },
  // Of a response: the numbered checks of section 4.1, in their order.
  "status-line": { section: "RFC 9112 4", message: "the status line is malformed" },
  "response-status": { section: "RFC 6455 4.1 (1)", message: "the status is not 101" },
  "response-version": { section: "RFC 9110 15.2", message: "the version is not HTTP/1.1" },
  "response-upgrade": { section: "RFC 6455 4.1 (2)", message: "Upgrade is not websocket" },
  "response-connection": { section: "RFC 6455 4.1 (3)", message: "Connection does not name Upgrade" },
  "response-accept": { section: "RFC 6455 4.1 (4)", message: "Sec-WebSocket-Accept does not fit the key" },
  "response-extensions": { section: "RFC 6455 9.1", message: "Sec-WebSocket-Extensions is malformed" },
  "extension-not-offered": { section: "RFC 6455 4.1 (5)", message: "the extension was not offered" },
  "extension-repeated": { section: "RFC 6455 11.3.2", message: "an extension or its header is repeated" },
  "extension-parameters": { section: "RFC 6455 9.1", message: "the extension's terms cannot be met" },
  "subprotocol-repeated": { section: "RFC 6455 11.3.4", message: "Sec-WebSocket-Protocol is repeated" },
  "subprotocol-not-offered": { section: "RFC 6455 4.1 (6)", message: "the subprotocol was not offered" },
} as const;

export type HandshakeErrorCode = keyof typeof HANDSHAKE_RULES;

/** The header fields that some refusals owe to the client. */
const REFUSAL_HEADERS: Readonly<Partial<Record<HandshakeErrorCode, Readonly<Record<string, string>>>>> = {
  method: { Allow: "GET" },
  // RFC 9110 section 15.5.22: a 426 names in Upgrade what it asks for; RFC 6455 section 4.4: the versions understood.
  upgrade: { Upgrade: "websocket", "Sec-WebSocket-Version": "13" },
  "version-missing": { "Sec-WebSocket-Version": "13" },
  "version-unsupported": { Upgrade: "websocket", "Sec-WebSocket-Version": "13" },
};

/** A fault of the peer in the opening handshake. Created, reported, never thrown by the codec. */
export class HandshakeError extends Error {
  override readonly name = "HandshakeError";
  /** Stable and machine-readable, one per rule. */
  readonly code: HandshakeErrorCode;
  /** The HTTP status with which a server refuses; undefined where the fault is a server's. */
  readonly status: number | undefined;
  /** The clause that was broken. */
  readonly section: string;
  /** The header fields that belong to the refusal, for example `Sec-WebSocket-Version` with 426. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: HandshakeErrorCode, detail?: string) {
    const rule: HandshakeRule = HANDSHAKE_RULES[code];
    super(`${rule.message}${detail === undefined ? "" : `: ${detail}`} (${rule.section})`);
    this.code = code;
    this.status = rule.status;
    this.section = rule.section;
    this.headers = REFUSAL_HEADERS[code] ?? {};
  }
}
