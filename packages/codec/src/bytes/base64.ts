/** Base64 (RFC 4648 section 4) for the two fields of the opening handshake that need it. */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Encodes with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = "";
  let at = 0;
  for (; at + 2 < bytes.length; at += 3) {
    const group = (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
    text +=
      ALPHABET[group >>> 18] + ALPHABET[(group >>> 12) & 63] + ALPHABET[(group >>> 6) & 63] + ALPHABET[group & 63];
  }
  const left = bytes.length - at;
  if (left === 1) {
    text += `${ALPHABET[bytes[at] >>> 2]}${ALPHABET[(bytes[at] & 3) << 4]}==`;
  } else if (left === 2) {
    const group = (bytes[at] << 8) | bytes[at + 1];
    text += `${ALPHABET[group >>> 10]}${ALPHABET[(group >>> 4) & 63]}${ALPHABET[(group & 15) << 2]}=`;
  }
  return text;
}

/**
 * Whether `text` is the one encoding of 16 bytes: 22 characters of the alphabet and `==`, with the four bits that no
 * byte fills being zero (RFC 4648 section 3.5), so that each nonce has one key.
 */
export function isBase64Of16Bytes(text: string): boolean {
  if (text.length !== 24 || !text.endsWith("==")) return false;
  for (let at = 0; at < 22; at++) {
    if (!ALPHABET.includes(text[at])) return false;
  }
  return "AQgw".includes(text[21]);
}
