import { CaseFailure } from "./case-failure.ts";
import type { Role } from "./role.ts";
import { concatBytes } from "./wire/bytes.ts";
import { isSendableCloseCode } from "./wire/close-code.ts";
import type { Frame } from "./wire/frame-reader.ts";
import { isControl, OPCODE, opcodeName } from "./wire/opcode.ts";

/** A Close frame of the testee. */
export interface CloseEvent {
  readonly type: "close";
  readonly code: number | undefined;
  readonly reason: string;
  readonly at: number;
}

/** A whole message of the testee. */
export interface MessageEvent {
  readonly type: "message";
  readonly opcode: number;
  readonly payload: Uint8Array;
  /** RSV1 was set on its first frame. */
  readonly compressed: boolean;
  /** The frames it came in. */
  readonly frames: readonly Frame[];
  readonly at: number;
}

/** A Ping or Pong of the testee. */
export interface HeartbeatEvent {
  readonly type: "ping" | "pong";
  readonly payload: Uint8Array;
  readonly at: number;
}

/** The end of the testee's direction of TCP. */
export interface EndEvent {
  readonly type: "end";
  readonly how: "fin" | "reset";
  readonly at: number;
}

/** Undoes an extension on received messages (RFC 7692 7.2.2): the frames' joined payload in, the message out. */
export interface MessageCodec {
  decode(payload: Uint8Array): Uint8Array;
}

/** What the testee sent, as far as a case cares. `at` is in milliseconds since the run began. */
export type PeerEvent = MessageEvent | HeartbeatEvent | CloseEvent | EndEvent;

/**
 * Turns the testee's frames into events and holds each of them to RFC 6455 whatever the case is about: masking by role, the
 * shortest length form, reserved bits, opcodes, fragmentation, UTF-8, close codes, and nothing after a Close frame. A breach throws
 * {@link CaseFailure}.
 */
export class Inbound {
  /** Set once an extension that uses RSV1 is agreed. */
  codec: MessageCodec | undefined;
  /** A close code that is let through although nobody may send it: the case sent it first, and looks at the echo. */
  toleratedCloseCode: number | undefined;
  readonly #role: Role;
  #open: Frame[] = [];
  #closed = false;

  constructor(role: Role) {
    this.#role = role;
  }

  /** A message has begun and not ended. */
  get inMessage(): boolean {
    return this.#open.length > 0;
  }

  /** Takes one frame; a frame that does not end a message gives nothing. */
  accept(frame: Frame, at: number): PeerEvent | undefined {
    this.#checkHeader(frame);
    if (isControl(frame.opcode)) return this.#control(frame, at);
    this.#open.push(frame);
    const [first] = this.#open;
    if (!frame.fin || first === undefined) return undefined;
    const frames = this.#open;
    this.#open = [];
    const compressed = (first.rsv & 4) !== 0;
    const joined = concatBytes(frames.map(({ payload }) => payload));
    const payload = compressed ? this.#decode(joined) : joined;
    if (first.opcode === OPCODE.text && !isUtf8(payload)) {
      throw new CaseFailure("the testee sent a text message that is not UTF-8 (RFC 6455 5.6)");
    }
    return { type: "message", opcode: first.opcode, payload, compressed, frames, at };
  }

  #checkHeader(frame: Frame): void {
    const { opcode, payload, lengthForm, rsv, key } = frame;
    if (this.#closed)
      throw new CaseFailure(`the testee sent a ${opcodeName(opcode)} frame after its Close (RFC 6455 5.5.1)`);
    if (this.#role === "client" && key === undefined)
      throw new CaseFailure("the client sent an unmasked frame (RFC 6455 5.1)");
    if (this.#role === "server" && key !== undefined)
      throw new CaseFailure("the server sent a masked frame (RFC 6455 5.1)");
    const minimal = payload.length < 126 ? 7 : payload.length < 65_536 ? 16 : 64;
    if (lengthForm !== minimal) {
      throw new CaseFailure(
        `the testee sent a length of ${payload.length} in the ${lengthForm}-bit form (RFC 6455 5.2)`,
      );
    }
    if (isControl(opcode) || opcode === OPCODE.continuation) {
      if (rsv !== 0)
        throw new CaseFailure(`the testee set reserved bits on a ${opcodeName(opcode)} frame (RFC 6455 5.2)`);
    } else if ((rsv & 3) !== 0 || (rsv !== 0 && this.codec === undefined)) {
      throw new CaseFailure("the testee set a reserved bit that no extension was agreed for (RFC 6455 5.2)");
    }
    if (opcode === OPCODE.continuation && !this.inMessage) {
      throw new CaseFailure("the testee sent a continuation frame with nothing to continue (RFC 6455 5.4)");
    }
    if ((opcode === OPCODE.text || opcode === OPCODE.binary) && this.inMessage) {
      throw new CaseFailure("the testee began a message inside a fragmented one (RFC 6455 5.4)");
    }
  }

  #control(frame: Frame, at: number): PeerEvent {
    const { opcode, payload } = frame;
    const name = opcodeName(opcode);
    if (!frame.fin) throw new CaseFailure(`the testee fragmented a ${name} frame (RFC 6455 5.5)`);
    if (payload.length > 125)
      throw new CaseFailure(`the testee sent a ${name} frame of ${payload.length} bytes (RFC 6455 5.5)`);
    if (opcode === OPCODE.ping) return { type: "ping", payload, at };
    if (opcode === OPCODE.pong) return { type: "pong", payload, at };
    if (opcode !== OPCODE.close) throw new CaseFailure(`the testee sent a frame of opcode ${name} (RFC 6455 5.2)`);
    this.#closed = true;
    if (payload.length === 0) return { type: "close", code: undefined, reason: "", at };
    if (payload.length === 1) throw new CaseFailure("the testee sent a Close payload of one byte (RFC 6455 5.5.1)");
    const code = ((payload[0] as number) << 8) | (payload[1] as number);
    if (!isSendableCloseCode(code) && code !== this.toleratedCloseCode)
      throw new CaseFailure(`the testee sent close code ${code} (RFC 6455 7.4)`);
    const reason = payload.subarray(2);
    if (!isUtf8(reason)) throw new CaseFailure("the testee sent a close reason that is not UTF-8 (RFC 6455 5.5.1)");
    return { type: "close", code, reason: Buffer.from(reason).toString("utf8"), at };
  }

  #decode(payload: Uint8Array): Uint8Array {
    try {
      return (this.codec as MessageCodec).decode(payload);
    } catch (error) {
      throw new CaseFailure(`the testee sent a compressed message that does not inflate: ${(error as Error).message}`);
    }
  }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
