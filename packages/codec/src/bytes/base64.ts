/** Base64 (RFC 4648 section 4) for the two fields of the opening handshake that need it. */

/** The character for six bits, as its code: A-Z, a-z, 0-9, + and /. */
function digit(bits: number): number {
  return bits + (bits < 26 ? 65 : bits < 52 ? 71 : bits < 62 ? -4 : bits === 62 ? -19 : -16);
}

/** Encodes with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  const codes: number[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    // An octet beyond the end is undefined, which counts as 0 here; its characters give way to the padding.
    const group = (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
    for (let shift = 18; shift >= 0; shift -= 6) codes.push(digit((group >> shift) & 63));
  }
  return String.fromCharCode(...codes.fill(61, Math.ceil((bytes.length * 4) / 3)));
}

/**
 * Whether `text` is the one encoding of 16 bytes: 22 characters of the alphabet and `==`, with the four bits that no
 * byte fills being zero (RFC 4648 section 3.5), so that each nonce has one key.
 */
export function isBase64Of16Bytes(text: string): boolean {
  return /^[A-Za-z\d+/]{21}[AQgw]==$/.test(text);
}
