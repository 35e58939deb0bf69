/** Strings and UTF-8 (RFC 3629), through the platform's own coders. */
import { joinBytes } from "./join-bytes.ts";
import { payloadMemory } from "./payload-memory.ts";
import { isValidUtf8 } from "./utf8.ts";

/** Up to this many units the loop beats the call into the platform's encoder (measured on all engines). */
const LOOP_UP_TO = 24;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The bytes of `text`; a lone surrogate becomes U+FFFD (WHATWG USVString). */
export function encodeUtf8(text: string): Uint8Array {
  // Not `encode`, which costs up to six times as much; and nearly all text is ASCII, for which this is the size.
  const bytes = payloadMemory(text.length);
  const { read, written } = encoder.encodeInto(text, bytes);
  if (read === text.length) return bytes;
  return joinBytes([bytes.subarray(0, written), encoder.encode(text.slice(read))]);
}

/**
 * Writes the bytes of `text` at `at`, a lone surrogate as U+FFFD. Returns how many, or -1 where they do not fit before
 * `end`. It may also answer -1 where it cannot tell: there was room for fewer than three bytes for each UTF-16 unit, and
 * fewer than four are left of it. A port, because each engine has another way that is fastest.
 */
export type EncodeTextInto = (text: string, target: Uint8Array, at: number, end: number) => number;

/** {@link EncodeTextInto} with what every platform has. */
export const encodeTextInto: EncodeTextInto = (text, target, at, end) => {
  const { read, written } = encoder.encodeInto(text, target.subarray(at, end));
  return read === text.length ? written : -1;
};

/** Writes short ASCII at `at`, and returns whether it was that. There must be room. */
export function writeShortAscii(text: string, target: Uint8Array, at: number): boolean {
  const { length } = text;
  if (length > LOOP_UP_TO) return false;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) return false;
    target[at + i] = unit;
  }
  return true;
}

/**
 * Gives the string of `bytes` from `start` to `end`, a leading U+FEFF kept, or undefined where they are not valid
 * UTF-8. A port, as {@link EncodeTextInto} is. It may change the bytes, and those of the text's own header.
 */
export type DecodeText = (bytes: Uint8Array, start: number, end: number) => string | undefined;

/**
 * {@link DecodeText} with what every platform has. Decoding without `fatal` and looking for U+FFFD is within a fifth of
 * the best on every engine, where `fatal` costs Deno two to four times as much; only where the replacement character
 * turns up must it be told from a genuine one.
 */
export const decodeText: DecodeText = (bytes, start, end) => {
  const text = decoder.decode(bytes.subarray(start, end));
  return text.includes("\ufffd") && !isValidUtf8(bytes, start, end) ? undefined : text;
};
