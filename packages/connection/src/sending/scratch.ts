/** Buffers into which a connection encodes during its turn: lent from a small free list, so that idle ones hold none. */

export const SCRATCH_SIZE: number = 64 * 1024;
/** More are never in use at once unless writes are pending; those beyond it are left to the collector. */
const KEPT = 8;

const free: Uint8Array[] = [];

export function takeScratch(): Uint8Array {
  return free.pop() ?? new Uint8Array(SCRATCH_SIZE);
}

export function giveScratch(buffer: Uint8Array): void {
  if (free.length < KEPT) free.push(buffer);
}
