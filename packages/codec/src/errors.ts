/**
 * Every fault that a peer can commit, one stable code per rule: after the opening handshake, and in it.
 *
 * A fault of the peer is a value ({@link ProtocolError}, {@link HandshakeError}), never thrown by the codec. A misuse is
 * a {@link UsageError}, thrown at the call and before anything is written.
 */

/**
 * A rule of the data after the opening handshake: the status code of the Close frame that names its breach (RFC 6455
 * section 7.4.1), the section that demands it (of RFC 6455, or of another RFC where it says so), and what is wrong where
 * the code does not say it by itself.
 */
export type Rule = readonly [closeCode: number, section: string, fault?: string];

export const PROTOCOL_RULES = {
  "reserved-bits": [1002, "5.2", "without an extension"],
  "reserved-opcode": [1002, "5.2"],
  "mask-required": [1002, "5.1"],
  "mask-forbidden": [1002, "5.1"],
  "control-fragmented": [1002, "5.5"],
  "control-too-long": [1002, "5.5"],
  "length-not-minimal": [1002, "5.2"],
  "length-top-bit": [1002, "5.2", "is set"],
  "message-too-large": [1009, "7.4.1"],
  "unexpected-continuation": [1002, "5.4"],
  "expected-continuation": [1002, "5.4"],
  "invalid-utf8": [1007, "8.1"],
  "close-payload-length": [1002, "5.5.1", "is one byte"],
  "close-code-invalid": [1002, "7.4"],
  "close-reason-utf8": [1007, "5.5.1", "is invalid"],
  "deflate-invalid": [1007, "RFC 7692 7.2.2"],
  "deflate-ratio": [1009, "10.4", "is too large"],
} as const;

export type ProtocolErrorCode = keyof typeof PROTOCOL_RULES;

/**
 * A rule of the opening handshake: the status with which a server refuses (undefined where only a server can break the
 * rule), the section, and what is wrong where the code does not say it by itself.
 */
export type HandshakeRule = readonly [status: number | undefined, section: string, fault?: string];

export const HANDSHAKE_RULES = {
  // Of any HTTP/1.1 head, in both roles.
  "head-too-large": [431, "RFC 6585 5"],
  "too-many-headers": [431, "RFC 6585 5"],
  "line-ending": [400, "RFC 9112 2.2", "is not CR LF"],
  "header-name": [400, "RFC 9112 5.1", "is not a token before a colon"],
  "header-folded": [400, "RFC 9112 5.2"],
  "header-value": [400, "RFC 9110 5.5", "has a control character"],
  "head-incomplete": [undefined, "RFC 9112 8"],
  // Of a request.
  "request-line": [400, "RFC 9112 3", "is malformed"],
  "request-target": [400, "RFC 9112 3.2", "is malformed"],
  "http-version": [505, "4.2.1", "is not 1.1"],
  host: [400, "RFC 9112 3.2", "is not one valid host"],
  "content-length": [400, "RFC 9112 6.3", "is not one number"],
  method: [405, "4.2.1", "is not GET"],
  "request-body": [400, "4.2.1", "is not allowed"],
  upgrade: [426, "4.2.1", "is not websocket (a proxy may have removed it)"],
  connection: [400, "4.2.1", "is not upgrade"],
  "version-missing": [400, "4.2.1", "or repeated"],
  "version-unsupported": [426, "4.4", "(13 is)"],
  key: [400, "4.2.1", "is not one of 16 bytes in base64"],
  subprotocols: [400, "4.1 (10)", "are not unique tokens"],
  extensions: [400, "9.1", "are malformed"],
  // Of a response: the numbered checks of section 4.1, in their order.
  "status-line": [undefined, "RFC 9112 4", "is malformed"],
  "response-status": [undefined, "4.1 (1)", "is not 101"],
  "response-version": [undefined, "RFC 9110 15.2", "is not 1.1"],
  "response-upgrade": [undefined, "4.1 (2)", "is not websocket"],
  "response-connection": [undefined, "4.1 (3)", "is not upgrade"],
  "response-accept": [undefined, "4.1 (4)", "does not fit the key"],
  "response-extensions": [undefined, "9.1", "are malformed"],
  "extension-not-offered": [undefined, "4.1 (5)"],
  "extension-repeated": [undefined, "11.3.2"],
  "extension-parameters": [undefined, "9.1", "are not acceptable"],
  "subprotocol-repeated": [undefined, "11.3.4"],
  "subprotocol-not-offered": [undefined, "4.1 (6)"],
} as const;

export type HandshakeErrorCode = keyof typeof HANDSHAKE_RULES;

/** The header fields that some refusals owe to the client. */
const VERSION = { "Sec-WebSocket-Version": "13" };
// RFC 9110 section 15.5.22: a 426 names in Upgrade what it asks for; RFC 6455 section 4.4: the versions understood.
const UPGRADE = { Upgrade: "websocket", ...VERSION };
const REFUSAL_HEADERS: Readonly<Partial<Record<HandshakeErrorCode, Readonly<Record<string, string>>>>> = {
  method: { Allow: "GET" },
  upgrade: UPGRADE,
  "version-missing": VERSION,
  "version-unsupported": UPGRADE,
};

/** What the two kinds of a peer's faults have in common. The message is the code in words, what is wrong, and where. */
class PeerError<Code extends string> extends Error {
  /** Stable and machine-readable, one per rule. */
  readonly code: Code;
  /** The clause that was broken, for example `RFC 6455 5.1`. */
  readonly section: string;

  constructor(code: Code, [, clause, fault = ""]: Rule | HandshakeRule, detail: string | undefined) {
    const section = clause.startsWith("RFC") ? clause : `RFC 6455 ${clause}`;
    const rule = `${code.replaceAll("-", " ")} ${fault}`.trimEnd();
    super(`${rule}${detail === undefined ? "" : `: ${detail}`} (${section})`);
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
    const rule = PROTOCOL_RULES[code];
    super(code, rule, detail);
    this.closeCode = rule[0];
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
    const rule = HANDSHAKE_RULES[code];
    super(code, rule, detail);
    this.status = rule[0];
    this.headers = REFUSAL_HEADERS[code] ?? {};
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

/**
 * Throws unless what the caller gave is valid.
 *
 * @param value what was given, or what of it is at fault
 */
export function checkUsage(valid: boolean, code: string, value: unknown): asserts valid {
  if (!valid) throw new UsageError(code, `not allowed: ${code} ${JSON.stringify(value)}`);
}
