/**
 * UTF-8 (RFC 3629) as RFC 6455 section 8.1 demands it: no overlong form, no surrogate, nothing above U+10FFFF, and the
 * fault is seen at the first octet that cannot be part of a valid stream, however the stream is cut.
 */

/** Below so many bytes a word view costs more than it saves (measured on V8: about 100 bytes of ASCII). */
const WORDS_FROM = 128;
const HIGH_BITS = 0x80808080;
const NO_WORDS = new Uint32Array(0);

/** The offset after the complete sequence that begins at `at` with an octet over 0x7f; `at` itself where there is none. */
function afterSequence(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at];
  if (lead < 0xe0) {
    return lead >= 0xc2 && at + 1 < end && (bytes[at + 1] & 0xc0) === 0x80 ? at + 2 : at;
  }
  if (lead > 0xf4 || at + 2 >= end) return at;
  const second = bytes[at + 1];
  if ((second & 0xc0) !== 0x80 || (bytes[at + 2] & 0xc0) !== 0x80) return at;
  if (lead < 0xf0) {
    return (lead === 0xe0 && second < 0xa0) || (lead === 0xed && second > 0x9f) ? at : at + 3;
  }
  if (at + 3 >= end || (bytes[at + 3] & 0xc0) !== 0x80) return at;
  return (lead === 0xf0 && second < 0x90) || (lead === 0xf4 && second > 0x8f) ? at : at + 4;
}

/**
 * Skips complete, valid sequences; gives `end`, or the offset of the first that is invalid or unfinished.
 *
 * ASCII goes eight octets at a time, and sixteen (four words) in long input. Measured on V8, 64 KiB of ASCII: 8 us so,
 * 25 us by octets in eights, 81 us one by one, and 8 us with a fatal `TextDecoder`, which loses on everything else:
 * two times on CJK, and it cannot tell where the fault is.
 */
function skipValid(bytes: Uint8Array, start: number, end: number): number {
  const lastEight = end - 8;
  const base = start + (-(bytes.byteOffset + start) & 3);
  const wordCount = end - start < WORDS_FROM ? 0 : (end - base) >>> 2;
  const words = wordCount === 0 ? NO_WORDS : new Uint32Array(bytes.buffer, bytes.byteOffset + base, wordCount);
  let at = start;
  while (at < end) {
    if (bytes[at] > 0x7f) {
      const next = afterSequence(bytes, at, end);
      if (next === at) return at;
      at = next;
      continue;
    }
    at++;
    if (wordCount === 0) {
      while (
        at <= lastEight &&
        (bytes[at] |
          bytes[at + 1] |
          bytes[at + 2] |
          bytes[at + 3] |
          bytes[at + 4] |
          bytes[at + 5] |
          bytes[at + 6] |
          bytes[at + 7]) <
          0x80
      ) {
        at += 8;
      }
    } else if (((at - base) & 3) === 0) {
      let word = (at - base) >> 2;
      while (
        word + 4 <= wordCount &&
        ((words[word] | words[word + 1] | words[word + 2] | words[word + 3]) & HIGH_BITS) === 0
      ) {
        word += 4;
      }
      at = base + (word << 2);
    }
  }
  return at;
}

/** Whether `bytes[start, end)` is complete, valid UTF-8. */
export function isValidUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  return skipValid(bytes, start, end) === end;
}

/** Validates one stream of UTF-8 as it arrives. After a `false` it is of no use. */
export class Utf8Validator {
  /** Continuation octets that the current sequence still lacks. */
  #missing = 0;
  /** The range of the next one; only the second octet of a sequence can have a narrower one than 80-BF. */
  #low = 0x80;
  #high = 0xbf;

  /** Takes `bytes[start, end)`, which it neither keeps nor changes; false at the first bad octet. */
  write(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start;
    while (at < end) {
      if (this.#missing === 0) {
        at = skipValid(bytes, at, end);
        if (at === end) return true;
        if (!this.#lead(bytes[at])) return false;
      } else {
        const octet = bytes[at];
        if (octet < this.#low || octet > this.#high) return false;
        this.#low = 0x80;
        this.#high = 0xbf;
        this.#missing--;
      }
      at++;
    }
    return true;
  }

  /** False if the stream ends inside a sequence. */
  end(): boolean {
    return this.#missing === 0;
  }

  /** Begins a sequence of two to four octets (the table of RFC 3629 section 4). */
  #lead(octet: number): boolean {
    if (octet < 0xc2 || octet > 0xf4) return false;
    if (octet < 0xe0) {
      this.#missing = 1;
    } else if (octet < 0xf0) {
      this.#missing = 2;
      if (octet === 0xe0) this.#low = 0xa0;
      else if (octet === 0xed) this.#high = 0x9f;
    } else {
      this.#missing = 3;
      if (octet === 0xf0) this.#low = 0x90;
      else if (octet === 0xf4) this.#high = 0x8f;
    }
    return true;
  }
}
