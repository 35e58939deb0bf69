/** Header text and its bytes: one octet a character (RFC 9110 section 5.5). */
import { decodeText } from "../bytes/text.ts";

/** The octets of `text`, which has no character over U+00FF: its makers have checked that. */
export function encodeLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** One character an octet. Nearly every head is ASCII, for which the platform's decoder of UTF-8 is the quickest. */
export function decodeLatin1(bytes: Uint8Array): string {
  const ascii = decodeText(bytes, 0, bytes.length);
  if (ascii?.length === bytes.length) return ascii;
  let text = "";
  for (const octet of bytes) text += String.fromCharCode(octet);
  return text;
}
