/**
 * Buffers into which a connection encodes during its turn: lent from small free lists, so that idle ones hold none. Each
 * size is four times the one before: what a peer that does not read makes us hold is at most four times what waits for it.
 */

// With room for a header beside a payload of a round size.
const SIZES = [4096, 17_408, 69_632, 278_528] as const;
/** The largest, and so the most that leaves in one write as a copy. */
export const LARGEST_SCRATCH: number = SIZES[3];
/** Bytes that each list may hold. More are in use only while writes are pending, and then left to the collector. */
const KEPT = 4 * 1024 * 1024;

const free: readonly Uint8Array[][] = SIZES.map(() => []);

/** The smallest size that has room for so many bytes, or the largest. */
function sizeFor(bytes: number): 0 | 1 | 2 | 3 {
  return bytes <= SIZES[0] ? 0 : bytes <= SIZES[1] ? 1 : bytes <= SIZES[2] ? 2 : 3;
}

/** A buffer with room for so many bytes, or the largest there is. */
export function takeScratch(bytes: number): Uint8Array {
  const size = sizeFor(bytes);
  return free[size]?.pop() ?? new Uint8Array(SIZES[size]);
}

/** Whether the buffer came from here, or might as well have. */
export function isScratch(buffer: Uint8Array): boolean {
  return SIZES[sizeFor(buffer.length)] === buffer.length;
}

/** Gives a buffer back that nobody looks at any more; one of another size is left to the collector. */
export function giveScratch(buffer: Uint8Array): void {
  const list = free[sizeFor(buffer.length)] as Uint8Array[];
  if (isScratch(buffer) && (list.length + 1) * buffer.length <= KEPT) list.push(buffer);
}
