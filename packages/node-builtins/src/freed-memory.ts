/**
 * What the collector frees is soon wanted again, for the next messages; but glibc gives the top of its heap back to the
 * system as soon as 128 KiB of it are free, and then takes it again page by page, each page a fault and cleared anew.
 * It stops that by itself for a program that has freed something large once (mallopt(3), M_MMAP_THRESHOLD: twice its
 * size may then stay), so something large is freed. It is never touched, and so takes no memory.
 */

/**
 * The most that glibc learns from, its own header included: it then keeps up to 64 MiB. V8 lets garbage outside of its
 * heap come to more than half of that before it collects.
 */
const LARGE = 32 * 1024 * 1024 - 65_536;

let done = false;

/** Lets up to 64 MiB of freed memory stay with the process. Where malloc is not glibc's, nothing changes. */
export function keepFreedMemory(): void {
  if (done || process.platform !== "linux") return;
  done = true;
  try {
    const large: ArrayBuffer & { transfer?(length: number): ArrayBuffer } = new ArrayBuffer(LARGE);
    // Freed at once; before Node 22, when it is collected.
    large.transfer?.(0);
  } catch {
    // No address space to spare: it works without.
  }
}
