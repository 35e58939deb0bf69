/** Strings and UTF-8 (RFC 3629), through the platform's own coders. */
import { isValidUtf8 } from "./utf8.ts";

/** Up to this many units the loop beats the call into the platform's encoder (measured on all engines). */
const LOOP_UP_TO = 24;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The bytes of `text`; a lone surrogate becomes U+FFFD (WHATWG USVString). */
export function encodeUtf8(text: string): Uint8Array {
  // As if it were ASCII, which alone has room there: `encode` takes two to five times as long on most engines.
  const ascii = new Uint8Array(text.length);
  return encoder.encodeInto(text, ascii).read < text.length ? encoder.encode(text) : ascii;
}

/** Writes the bytes of `text` at `at`, where there must be room for three per UTF-16 unit. Returns how many. */
export function encodeUtf8Into(text: string, target: Uint8Array, at: number): number {
  const length = text.length;
  if (length <= LOOP_UP_TO) {
    let i = 0;
    for (; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) break;
      target[at + i] = unit;
    }
    if (i === length) return length;
  }
  return encoder.encodeInto(text, target.subarray(at)).written;
}

/**
 * Gives the string of `bytes` from `start` to `end`, a leading U+FEFF kept, or undefined where they are not valid
 * UTF-8. A port, because each engine has another way that is fastest.
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
