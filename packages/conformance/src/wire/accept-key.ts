import { createHash, randomBytes } from "node:crypto";

/** RFC 6455 1.3: the value every server appends to the client's key. */
export const HANDSHAKE_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** RFC 6455 4.2.2 (5.4): the `Sec-WebSocket-Accept` value for a `Sec-WebSocket-Key`. */
export function acceptKey(key: string): string {
  return createHash("sha1").update(`${key}${HANDSHAKE_GUID}`, "latin1").digest("base64");
}

/** RFC 6455 4.1 (7): a fresh `Sec-WebSocket-Key`, 16 random bytes in base64. */
export function freshKey(): string {
  return randomBytes(16).toString("base64");
}
