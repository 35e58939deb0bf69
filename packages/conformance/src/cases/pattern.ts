import { Random } from "../random.ts";
import { utf8 } from "../wire/bytes.ts";

/** `length` bytes of which no two stretches look alike: a shifted, repeated or swapped part shows in an echo. */
export function noise(length: number): Uint8Array {
  const random = new Random(length);
  const bytes = new Uint8Array(length);
  const words = new DataView(bytes.buffer);
  let index = 0;
  for (; index + 4 <= length; index += 4) words.setUint32(index, random.uint32());
  for (; index < length; index += 1) bytes[index] = random.below(256);
  return bytes;
}

/** ASCII text of `length` bytes in which every position can be told from the others nearby. */
export function letters(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index += 1)
    bytes[index] = 0x21 + ((index * 7 + (index >>> 6) + (index >>> 13)) % 94);
  return bytes;
}

/** At most `length` bytes of text made of code points of one, two, three and four bytes; the last one is whole. */
export function mixedText(length: number): Uint8Array {
  const unit = utf8("aß€😀κόσμε-你好");
  const whole = Math.floor(length / unit.length);
  const bytes = new Uint8Array(whole * unit.length);
  for (let index = 0; index < whole; index += 1) bytes.set(unit, index * unit.length);
  return bytes;
}

/** `length` bytes of ASCII that look like JSON and compress like it. */
export function json(length: number): Uint8Array {
  const random = new Random(length);
  let content = "[";
  while (content.length < length) {
    const id = random.below(100_000);
    content += `{"id":${id},"name":"user-${random.below(500)}","tags":["alpha","beta"],"active":${id % 2 === 0}},`;
  }
  return utf8(content.slice(0, length));
}
