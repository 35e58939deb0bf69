/**
 * RFC 6455 section 5.3: masking, in words. A key is the four octets read as a little-endian 32-bit integer, so that
 * octet i of the payload is combined with `key >>> 8 * (i % 4)`.
 *
 * Measured on Node, Bun and Deno (benchmarks/micro): up to about a kibibyte unaligned words through a `DataView` win,
 * at any alignment, as long as the view is made once for many payloads; above it aligned words of an `Int32Array` do.
 * 64-bit words lose everywhere: on JavaScriptCore by a factor of fifty. Vectors win by a factor of eight, but JavaScript
 * has none: a runtime that has may lend a kernel.
 */

/** Below this many octets a view costs more than it saves, even one that is there. */
const VIEW_FROM = 24;
/** Below this many octets a view is not worth making for a payload that may be alone in its array. */
const NEW_VIEW_FROM = 192;
/** From this many octets on aligned words are worth a view of their own. */
const ALIGNED_FROM = 1536;

/** Below this many octets a call out of this module costs more than it saves. */
const KERNEL_FROM = 256;

/** True where 32-bit views put the low octet first, as every supported platform does. */
const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

// The view of the array that was seen last: the frames of one chunk share it, and so do those of one output buffer.
let viewed: Uint8Array = new Uint8Array(0);
let view = new DataView(viewed.buffer);
// The array of the last payload that went without: the second one in it gets a view.
let passed: Uint8Array = viewed;

/** The key as octet `offset` of the payload sees it: rotated by `offset % 4` octets. */
export function rotateKey(key: number, offset: number): number {
  const bits = (offset & 3) << 3;
  // Shifts count modulo 32.
  return (key >>> bits) | (key << -bits);
}

/**
 * Masks `bytes` in place from `start` on, and returns where it stopped: a multiple of four octets on, as near to `end` as
 * it comes; or `start`, where it cannot reach them.
 */
export type MaskKernel = (bytes: Uint8Array, start: number, end: number, key: number) => number;

let kernel: MaskKernel = (_bytes, start) => start;

/** From now on, payloads of {@link KERNEL_FROM} octets or more go through this first, for all connections. */
export function useMaskKernel(faster: MaskKernel): void {
  kernel = faster;
}

/** Masks or unmasks `bytes` from `from` to `end` in place; `key` is the one for the octet at `from`. */
export function maskInPlace(bytes: Uint8Array, from: number, end: number, key: number): void {
  if (key === 0) return;
  const start = end - from < KERNEL_FROM ? from : kernel(bytes, from, end, key);
  const length = end - start;
  if (length < VIEW_FROM || (length < NEW_VIEW_FROM && isLone(bytes))) maskOctets(bytes, start, end, key);
  else if (length >= ALIGNED_FROM && LITTLE_ENDIAN) maskAligned(bytes, start, end, key);
  else maskWords(bytes, start, end, key);
}

function isLone(bytes: Uint8Array): boolean {
  if (bytes === viewed || bytes === passed) return false;
  passed = bytes;
  return true;
}

function maskOctets(bytes: Uint8Array, start: number, end: number, key: number): void {
  const key1 = key >>> 8;
  const key2 = key >>> 16;
  const key3 = key >>> 24;
  let at = start;
  for (const last = end - 4; at <= last; at += 4) {
    bytes[at] ^= key;
    bytes[at + 1] ^= key1;
    bytes[at + 2] ^= key2;
    bytes[at + 3] ^= key3;
  }
  for (let bits = 0; at < end; bits += 8) bytes[at++] ^= key >>> bits;
}

function maskWords(bytes: Uint8Array, start: number, end: number, key: number): void {
  if (bytes !== viewed) {
    viewed = bytes;
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  const words = view;
  let at = start;
  for (const last = end - 16; at <= last; at += 16) {
    words.setInt32(at, words.getInt32(at, true) ^ key, true);
    words.setInt32(at + 4, words.getInt32(at + 4, true) ^ key, true);
    words.setInt32(at + 8, words.getInt32(at + 8, true) ^ key, true);
    words.setInt32(at + 12, words.getInt32(at + 12, true) ^ key, true);
  }
  for (const last = end - 4; at <= last; at += 4) words.setInt32(at, words.getInt32(at, true) ^ key, true);
  maskOctets(bytes, at, end, key);
}

/** Only aligned words can be seen through an Int32Array: octets up to the first, words, octets after the last. */
function maskAligned(bytes: Uint8Array, start: number, end: number, key: number): void {
  const first = start + (-(bytes.byteOffset + start) & 3);
  maskOctets(bytes, start, first, key);
  const wordKey = rotateKey(key, first - start);
  const count = (end - first) >> 2;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + first, count);
  let i = 0;
  for (const last = count - 8; i <= last; i += 8) {
    words[i] ^= wordKey;
    words[i + 1] ^= wordKey;
    words[i + 2] ^= wordKey;
    words[i + 3] ^= wordKey;
    words[i + 4] ^= wordKey;
    words[i + 5] ^= wordKey;
    words[i + 6] ^= wordKey;
    words[i + 7] ^= wordKey;
  }
  for (; i < count; i++) words[i] ^= wordKey;
  maskOctets(bytes, first + (count << 2), end, wordKey);
}

/**
 * Copies `source` into `target` at `to`, masked on the way. The source is not changed: a sender's array stays its own.
 * Copying first and masking the copy beats every loop that does both.
 */
export function maskInto(target: Uint8Array, to: number, source: Uint8Array, key: number): void {
  const { length } = source;
  if (length < VIEW_FROM) {
    // Shifts count modulo 32.
    for (let i = 0; i < length; i++) target[to + i] = source[i] ^ (key >>> (i << 3));
    return;
  }
  target.set(source, to);
  maskInPlace(target, to, to + length, key);
}
