import { type DecodeText, decodeText } from "@samewire/codec";
import { decodeTextByBuffer } from "@samewire/node-builtins";

const decode: DecodeText = decodeTextByBuffer ?? decodeText;

/** Bun copies the octets of shorter text in another way. */
const FROM = 4096;
/** How far from the chunk's start a header may leave the text of its first frame. */
const NEAR = 20;

/**
 * The characters of a large string begin 20 bytes into a page, and a chunk at one: the octets of a first frame, behind
 * its header, lie so little before them that copying takes three to four times as long (see `PHASE` in connection's
 * scratch.ts). Moved to the chunk's start, over that header, they do not: 16 KiB of ASCII 6 us to 2, 64 KiB 24 to 7.
 *
 * Nothing is lost with the header: what lies before a frame that is large and near the start was read, and a payload so
 * small is never delivered as a view of its chunk.
 */
export const decodeTextOnBun: DecodeText = (bytes, start, end) => {
  if (start === 0 || start >= NEAR || end - start < FROM) return decode(bytes, start, end);
  bytes.copyWithin(0, start, end);
  return decode(bytes, 0, end - start);
};
