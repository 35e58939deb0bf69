/** RFC 6455 section 5.5.1: the payload of a Close frame: nothing, or a status code and a reason in UTF-8. */
import { decodeText, encodeUtf8 } from "../bytes/text.ts";
import { type ProtocolErrorCode, UsageError } from "../errors.ts";
import { CloseCode, isWireCloseCode } from "./close-code.ts";
import { MAX_CONTROL_PAYLOAD } from "./opcode.ts";

export interface CloseStatus {
  /** 1005 where the frame carried none (section 7.1.5). */
  readonly code: number;
  readonly reason: string;
}

/** Reads the unmasked payload of a Close frame, or names the rule that it breaks. */
export function readClosePayload(payload: Uint8Array): CloseStatus | ProtocolErrorCode {
  if (payload.length === 0) return { code: CloseCode.NO_STATUS, reason: "" };
  if (payload.length === 1) return "close-payload-length";
  const code = (payload[0] << 8) | payload[1];
  if (!isWireCloseCode(code)) return "close-code-invalid";
  const reason = decodeText(payload, 2, payload.length);
  return reason === undefined ? "close-reason-utf8" : { code, reason };
}

/**
 * The payload for a status the caller chose; without a code there is none.
 *
 * @throws UsageError if the code may not be sent or the reason is longer than 123 bytes
 */
export function closePayload(code: number | undefined, reason: string): Uint8Array {
  if (typeof reason !== "string") throw new UsageError("close-reason", "a close reason is a string (RFC 6455 5.5.1)");
  if (code === undefined) {
    if (reason === "") return new Uint8Array(0);
    throw new UsageError("close-reason", "a close reason needs a status code before it (RFC 6455 5.5.1)");
  }
  if (!Number.isInteger(code) || !isWireCloseCode(code)) {
    throw new UsageError(
      "close-code",
      `${String(code)} cannot stand in a Close frame: 1000-1003, 1007-1014 and 3000-4999 can (RFC 6455 7.4)`,
    );
  }
  const text = encodeUtf8(reason);
  if (text.length > MAX_CONTROL_PAYLOAD - 2) {
    throw new UsageError("close-reason", `a close reason takes at most 123 bytes, not ${text.length} (RFC 6455 5.5)`);
  }
  const payload = new Uint8Array(2 + text.length);
  payload[0] = code >>> 8;
  payload[1] = code;
  payload.set(text, 2);
  return payload;
}
