/** Messages and bytes (RFC 6455 section 5.6). */

/**
 * Received bytes: the application's own. Their buffer may hold other payloads of the connection too, at any offset: `slice`
 * before it is transferred, or read as something else than bytes.
 */
export type OwnBytes = Uint8Array<ArrayBuffer>;

/** A received message: a string for text, bytes for binary. */
export type Message = string | OwnBytes;

/** Bytes in any form that has a byte length. */
export type Bytes = ArrayBuffer | SharedArrayBuffer | ArrayBufferView;

/** The bytes of any view or buffer, not copied. Never of a subclass: `slice` of Node's Buffer, for one, does not copy. */
export function viewOf(bytes: Bytes): Uint8Array {
  if (bytes.constructor === Uint8Array) return bytes as Uint8Array;
  if (ArrayBuffer.isView(bytes)) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return new Uint8Array(bytes);
}

/** Whether a value is of type {@link Bytes}. */
export function isBytes(value: unknown): value is Bytes {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return true;
  return typeof SharedArrayBuffer !== "undefined" && value instanceof SharedArrayBuffer;
}
