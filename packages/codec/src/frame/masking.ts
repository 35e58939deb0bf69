/**
 * RFC 6455 section 5.3: masking, in words. A key is the four octets read as a little-endian 32-bit integer, so that
 * octet i of the payload is combined with `key >>> 8 * (i % 4)`.
 */

/** Below this many bytes the byte loop wins: setting up words costs more than it saves. */
const WORDS_FROM = 32;

/** True where 32-bit views put the low octet first, as every supported platform does. */
const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** The key as octet `offset` of the payload sees it: rotated by `offset % 4` octets. */
export function rotateKey(key: number, offset: number): number {
  const bits = (offset & 3) << 3;
  return bits === 0 ? key : (key >>> bits) | (key << (32 - bits));
}

/** Masks or unmasks `bytes` from `start` to `end` in place; `key` is the one for the octet at `start`. */
export function maskInPlace(bytes: Uint8Array, start: number, end: number, key: number): void {
  if (key === 0) return;
  if (LITTLE_ENDIAN && end - start >= WORDS_FROM) {
    // Only aligned words can be seen through an Int32Array: octets up to the first, words, octets after the last.
    const misaligned = (bytes.byteOffset + start) & 3;
    const first = misaligned === 0 ? start : start + 4 - misaligned;
    const wordCount = (end - first) >> 2;
    maskOctets(bytes, start, first, key);
    const wordKey = rotateKey(key, first - start);
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + first, wordCount);
    for (let i = 0; i < wordCount; i++) words[i] ^= wordKey;
    maskOctets(bytes, first + (wordCount << 2), end, wordKey);
    return;
  }
  maskOctets(bytes, start, end, key);
}

function maskOctets(bytes: Uint8Array, start: number, end: number, key: number): void {
  for (let i = start, bit = 0; i < end; i++, bit = (bit + 8) & 31) bytes[i] ^= key >>> bit;
}

/**
 * Copies `length` bytes from `source` at `from` into `target` at `to`, masked or unmasked on the way. The source is not
 * changed: a sender's array stays its own.
 */
export function maskInto(
  target: Uint8Array,
  to: number,
  source: Uint8Array,
  from: number,
  length: number,
  key: number,
): void {
  if (length >= WORDS_FROM) {
    target.set(from === 0 && length === source.length ? source : source.subarray(from, from + length), to);
    maskInPlace(target, to, to + length, key);
    return;
  }
  for (let i = 0, bit = 0; i < length; i++, bit = (bit + 8) & 31) target[to + i] = source[from + i] ^ (key >>> bit);
}
