/**
 * Candidate kernels for the hot path, kept apart from the product so that each can be measured against the others on
 * every engine. They all do the same work on the same arguments: `length` bytes at `offset`, with the masking key given as
 * the four octets in wire order (RFC 6455 5.3).
 */

export type Unmask = (bytes: Uint8Array, offset: number, length: number, key: Uint8Array) => void;

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** One octet at a time, index masked: the textbook loop. */
export const unmaskByte: Unmask = (bytes, offset, length, key) => {
  for (let index = 0; index < length; index += 1) bytes[offset + index] ^= key[index & 3];
};

/** Octets, four to an iteration, the key held in locals. */
export const unmaskByteUnrolled: Unmask = (bytes, offset, length, key) => {
  const [k0, k1, k2, k3] = [key[0], key[1], key[2], key[3]];
  const end = offset + length;
  let at = offset;
  for (const stop = end - 3; at < stop; at += 4) {
    bytes[at] ^= k0;
    bytes[at + 1] ^= k1;
    bytes[at + 2] ^= k2;
    bytes[at + 3] ^= k3;
  }
  if (at < end) bytes[at] ^= k0;
  if (at + 1 < end) bytes[at + 1] ^= k1;
  if (at + 2 < end) bytes[at + 2] ^= k2;
};

/** The key as one native-endian word, rotated so that it starts at octet `phase` of the key. */
export function keyWord(key: Uint8Array, phase: number): number {
  const a = key[phase & 3];
  const b = key[(phase + 1) & 3];
  const c = key[(phase + 2) & 3];
  const d = key[(phase + 3) & 3];
  return LITTLE_ENDIAN ? (d << 24) | (c << 16) | (b << 8) | a : (a << 24) | (b << 16) | (c << 8) | d;
}

/** Aligned 32-bit words of a view made once per chunk; octets up to the first aligned one and after the last. */
export function unmaskWords(
  bytes: Uint8Array,
  words: Uint32Array,
  wordsStart: number,
  offset: number,
  length: number,
  key: Uint8Array,
): void {
  const end = offset + length;
  let at = offset;
  let phase = 0;
  while (at < end && ((bytes.byteOffset + at) & 3) !== 0) {
    bytes[at] ^= key[phase & 3];
    at += 1;
    phase += 1;
  }
  const word = keyWord(key, phase);
  let index = (bytes.byteOffset + at - wordsStart) >>> 2;
  const stop = index + ((end - at) >>> 2);
  at += (stop - index) << 2;
  for (const unrolled = stop - 3; index < unrolled; index += 4) {
    words[index] ^= word;
    words[index + 1] ^= word;
    words[index + 2] ^= word;
    words[index + 3] ^= word;
  }
  for (; index < stop; index += 1) words[index] ^= word;
  for (; at < end; at += 1) {
    bytes[at] ^= key[phase & 3];
    phase += 1;
  }
}

/** Aligned words, making the `Uint32Array` view for the call. */
export const unmaskWordsFreshView: Unmask = (bytes, offset, length, key) => {
  const start = (bytes.byteOffset + offset + 3) & ~3;
  const count = (bytes.byteOffset + offset + length - start) >> 2;
  if (count < 1) return unmaskByteUnrolled(bytes, offset, length, key);
  unmaskWords(bytes, new Uint32Array(bytes.buffer, start, count), start, offset, length, key);
};

/** Unaligned 32-bit words through a `DataView` made once per chunk. */
export function unmaskDataView(
  view: DataView,
  bytes: Uint8Array,
  offset: number,
  length: number,
  key: Uint8Array,
): void {
  const word = (key[3] << 24) | (key[2] << 16) | (key[1] << 8) | key[0];
  const end = offset + length;
  let at = offset;
  for (const stop = end - 3; at < stop; at += 4) view.setUint32(at, view.getUint32(at, true) ^ word, true);
  for (let index = 0; at < end; at += 1, index += 1) bytes[at] ^= key[index];
}

/** The same, four words to an iteration. */
export function unmaskDataViewUnrolled(
  view: DataView,
  bytes: Uint8Array,
  offset: number,
  length: number,
  key: Uint8Array,
): void {
  const word = (key[3] << 24) | (key[2] << 16) | (key[1] << 8) | key[0];
  const end = offset + length;
  let at = offset;
  for (const stop = end - 15; at < stop; at += 16) {
    view.setInt32(at, view.getInt32(at, true) ^ word, true);
    view.setInt32(at + 4, view.getInt32(at + 4, true) ^ word, true);
    view.setInt32(at + 8, view.getInt32(at + 8, true) ^ word, true);
    view.setInt32(at + 12, view.getInt32(at + 12, true) ^ word, true);
  }
  for (const stop = end - 3; at < stop; at += 4) view.setInt32(at, view.getInt32(at, true) ^ word, true);
  for (let index = 0; at < end; at += 1, index += 1) bytes[at] ^= key[index];
}

/** Aligned 64-bit words (`BigUint64Array` made for the call). */
export const unmaskBigWords: Unmask = (bytes, offset, length, key) => {
  const end = offset + length;
  let at = offset;
  let phase = 0;
  for (; at < end && ((bytes.byteOffset + at) & 7) !== 0; at += 1, phase += 1) bytes[at] ^= key[phase & 3];
  const count = (end - at) >>> 3;
  if (count > 0) {
    const words = new BigUint64Array(bytes.buffer, bytes.byteOffset + at, count);
    const half = BigInt(keyWord(key, phase) >>> 0);
    const word = (half << 32n) | half;
    for (let index = 0; index < count; index += 1) words[index] = words[index] ^ word;
    at += count << 3;
  }
  for (; at < end; at += 1, phase += 1) bytes[at] ^= key[phase & 3];
};

/** Aligned doubles cannot carry arbitrary bits, so the widest safe lane besides BigInt is two 32-bit words: `Int32Array`. */
export const unmaskSignedWords: Unmask = (bytes, offset, length, key) => {
  const end = offset + length;
  let at = offset;
  let phase = 0;
  for (; at < end && ((bytes.byteOffset + at) & 3) !== 0; at += 1, phase += 1) bytes[at] ^= key[phase & 3];
  const count = (end - at) >>> 2;
  if (count > 0) {
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, count);
    const word = keyWord(key, phase) | 0;
    let index = 0;
    for (const stop = count - 7; index < stop; index += 8) {
      words[index] ^= word;
      words[index + 1] ^= word;
      words[index + 2] ^= word;
      words[index + 3] ^= word;
      words[index + 4] ^= word;
      words[index + 5] ^= word;
      words[index + 6] ^= word;
      words[index + 7] ^= word;
    }
    for (; index < count; index += 1) words[index] ^= word;
    at += count << 2;
  }
  for (; at < end; at += 1, phase += 1) bytes[at] ^= key[phase & 3];
};

export type CopyMask = (
  from: Uint8Array,
  offset: number,
  length: number,
  into: Uint8Array,
  at: number,
  key: Uint8Array,
) => void;

/** One pass, octets, four to an iteration. */
export const copyMaskByte: CopyMask = (from, offset, length, into, at, key) => {
  const [k0, k1, k2, k3] = [key[0], key[1], key[2], key[3]];
  let index = 0;
  for (const stop = length - 3; index < stop; index += 4) {
    into[at + index] = from[offset + index] ^ k0;
    into[at + index + 1] = from[offset + index + 1] ^ k1;
    into[at + index + 2] = from[offset + index + 2] ^ k2;
    into[at + index + 3] = from[offset + index + 3] ^ k3;
  }
  for (; index < length; index += 1) into[at + index] = from[offset + index] ^ key[index & 3];
};

/** Copied with `set` (a memcpy), then masked in place with aligned words: two passes, each at its best. */
export const copyThenMask: CopyMask = (from, offset, length, into, at, key) => {
  into.set(from.subarray(offset, offset + length), at);
  unmaskSignedWords(into, at, length, key);
};

/** One pass: unaligned `DataView` reads and writes. */
export const copyMaskDataView: CopyMask = (from, offset, length, into, at, key) => {
  const source = new DataView(from.buffer, from.byteOffset + offset, length);
  const target = new DataView(into.buffer, into.byteOffset + at, length);
  const word = (key[3] << 24) | (key[2] << 16) | (key[1] << 8) | key[0];
  let index = 0;
  for (const stop = length - 15; index < stop; index += 16) {
    target.setInt32(index, source.getInt32(index, true) ^ word, true);
    target.setInt32(index + 4, source.getInt32(index + 4, true) ^ word, true);
    target.setInt32(index + 8, source.getInt32(index + 8, true) ^ word, true);
    target.setInt32(index + 12, source.getInt32(index + 12, true) ^ word, true);
  }
  for (; index < length; index += 1) into[at + index] = from[offset + index] ^ key[index & 3];
};

/** One pass over words when source and target happen to share their alignment, else through `copyThenMask`. */
export const copyMaskWords: CopyMask = (from, offset, length, into, at, key) => {
  if (((from.byteOffset + offset - into.byteOffset - at) & 3) !== 0)
    return copyThenMask(from, offset, length, into, at, key);
  let index = 0;
  for (; index < length && ((from.byteOffset + offset + index) & 3) !== 0; index += 1) {
    into[at + index] = from[offset + index] ^ key[index & 3];
  }
  const count = (length - index) >>> 2;
  if (count > 0) {
    const source = new Int32Array(from.buffer, from.byteOffset + offset + index, count);
    const target = new Int32Array(into.buffer, into.byteOffset + at + index, count);
    const word = keyWord(key, index) | 0;
    let lane = 0;
    for (const stop = count - 3; lane < stop; lane += 4) {
      target[lane] = source[lane] ^ word;
      target[lane + 1] = source[lane + 1] ^ word;
      target[lane + 2] = source[lane + 2] ^ word;
      target[lane + 3] = source[lane + 3] ^ word;
    }
    for (; lane < count; lane += 1) target[lane] = source[lane] ^ word;
    index += count << 2;
  }
  for (; index < length; index += 1) into[at + index] = from[offset + index] ^ key[index & 3];
};
