/** Header text to bytes: one octet a character (RFC 9110 section 5.5). */

/**
 * The octets of `text`, followed by `tail`.
 *
 * @param text no character over U+00FF, which its makers have checked
 */
export function encodeLatin1(text: string, tail?: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(text.length + (tail?.length ?? 0));
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  if (tail !== undefined) bytes.set(tail, text.length);
  return bytes;
}
