/** Strings and UTF-8 (RFC 3629), through the platform's own coders. */
import { joinBytes } from "./join-bytes.ts";
import { isValidUtf8 } from "./utf8.ts";

/** Up to this many units the loop beats the call into the platform's encoder (measured on all engines). */
const LOOP_UP_TO = 24;

/** Units that are encoded at a time, into memory with room for any: `encode` makes its own, at up to six times the cost. */
const PIECE = 8192;
const room = new Uint8Array(PIECE * 3);

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The bytes of `text`; a lone surrogate becomes U+FFFD (WHATWG USVString). */
export function encodeUtf8(text: string): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < text.length; ) {
    let end = at + PIECE;
    // The two halves of a surrogate pair stay together.
    if ((text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end--;
    parts.push(room.slice(0, encoder.encodeInto(text.slice(at, end), room).written));
    at = end;
  }
  return joinBytes(parts);
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
