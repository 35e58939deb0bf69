/** RFC 6455 section 5.5.1: the payload of a Close frame: nothing, or a status code and a reason in UTF-8. */
import { decodeText, encodeUtf8 } from "../bytes/text.ts";
import { checkUsage, type ProtocolErrorCode } from "../errors.ts";
import { isWireCloseCode, NO_STATUS } from "./close-code.ts";
import { MAX_CONTROL_PAYLOAD } from "./frame-bits.ts";

/** What a Close frame carries. */
export interface CloseStatus {
  /** 1005 where the frame carried none (section 7.1.5). */
  readonly code: number;
  /** At most 123 bytes of UTF-8; may be empty. */
  readonly reason: string;
}

/** Reads the unmasked payload of a Close frame, or names the rule that it breaks. */
export function readClosePayload(payload: Uint8Array): CloseStatus | ProtocolErrorCode {
  if (payload.length === 0) return { code: NO_STATUS, reason: "" };
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
  checkUsage(typeof reason === "string", "close-reason", reason);
  const text = encodeUtf8(reason);
  checkUsage(text.length <= MAX_CONTROL_PAYLOAD - 2, "close-reason", text.length);
  if (code === undefined) {
    checkUsage(reason === "", "close-reason", reason);
    return text;
  }
  checkUsage(isWireCloseCode(code), "close-code", code);
  return Uint8Array.of(code >> 8, code, ...text);
}
