/**
 * Buffers into which a connection encodes during its turn: lent from small free lists, so that idle ones hold none. Up
 * to {@link LARGEST_LENT} each size is four times the one before: what a peer that does not read makes us hold is at most
 * four times what waits for it.
 */

// With room for a header beside a payload of a round size; the last for what one read of Bun's brings.
const SIZES = [4096, 17_408, 69_632, 278_528, 540_672] as const;
/** The largest that a socket gets which keeps the memory while it writes. */
export const LARGEST_LENT: number = SIZES[3];
/** The largest, and so the most that leaves in one write as a copy. */
export const LARGEST_SCRATCH: number = SIZES[4];
/**
 * Where buffers begin in their memory. A copy of 3 KiB or more to an address that lies one to fifteen bytes behind its
 * source, counted modulo 4096, takes up to twenty times as long as any other (glibc on AMD's Zen). A payload behind a
 * header lies just so where both arrays begin at a page, as large ones do on Bun.
 */
const PHASE = 128;
/** Bytes that each list may hold. More are in use only while writes are pending, and then left to the collector. */
const KEPT = 4 * 1024 * 1024;

const free: readonly Uint8Array[][] = SIZES.map(() => []);

/** The smallest size that has room for this many bytes, or the largest. */
function sizeFor(bytes: number): 0 | 1 | 2 | 3 | 4 {
  return bytes <= SIZES[0] ? 0 : bytes <= SIZES[1] ? 1 : bytes <= SIZES[2] ? 2 : bytes <= SIZES[3] ? 3 : 4;
}

/** New memory of this many bytes, not from a list. */
export function newBuffer(size: number): Uint8Array {
  return new Uint8Array(new ArrayBuffer(PHASE + size), PHASE);
}

/** A buffer with room for this many bytes, or the largest there is. */
export function takeScratch(bytes: number): Uint8Array {
  const size = sizeFor(bytes);
  return free[size]?.pop() ?? newBuffer(SIZES[size]);
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
