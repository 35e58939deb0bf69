/** Sec-WebSocket-Accept (RFC 6455 section 4.2.2 (5.4)): the server's proof that it has read the request's key. */
import { encodeBase64 } from "../bytes/base64.ts";
import { sha1 } from "../bytes/sha1.ts";
import { encodeUtf8 } from "../bytes/text.ts";

/** The constant that a WebSocket server puts behind the key, and no other server does (RFC 6455 section 1.3). */
export const HANDSHAKE_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** The accept value of a `Sec-WebSocket-Key`: SHA-1 of key and GUID, the 20 raw bytes in base64. */
export function acceptKey(key: string): string {
  return encodeBase64(sha1(encodeUtf8(key + HANDSHAKE_GUID)));
}
