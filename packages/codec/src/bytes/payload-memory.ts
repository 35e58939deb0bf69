/**
 * Memory for a whole payload. On some runtimes a large array begins at a page; sent behind a header, each byte of it would
 * lie a few bytes before its place in the kernel's page, and such a copy takes four times as long on AMD's Zen.
 */

const LARGE = 65_536;
/** Where a large payload begins in its memory. */
const PHASE = 1024;

export function payloadMemory(length: number): Uint8Array<ArrayBuffer> {
  const at = length < LARGE ? 0 : PHASE;
  return new Uint8Array(new ArrayBuffer(at + length), at);
}
