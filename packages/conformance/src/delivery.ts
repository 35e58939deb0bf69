import type { Random } from "./random.ts";

/**
 * How the bytes of a case reach the testee: in one write, byte by byte, or in pieces of random length. A conforming
 * endpoint cannot tell them apart (RFC 6455 5.2 and 5.4 know frames and no packets).
 */
export type Delivery = "whole" | "bytes" | "splits";

/** All three, in the order in which they run. */
export const DELIVERIES: readonly Delivery[] = ["whole", "bytes", "splits"];

/** Byte-by-byte delivery stops here; what follows goes out whole. */
export const BYTEWISE_LIMIT = 4096;

/** "Whole" ends here, too: what is larger goes out in blocks of this size, one when the kernel has taken the one before. */
const BLOCK = 65_536;

/** Up to here each byte gets a pause, so that the testee's kernel hands it over alone. */
const PACED_BYTES = 96;

/** The pieces in which `bytes` is to be written. */
export function pieces(bytes: Uint8Array, delivery: Delivery, random: Random): Uint8Array[] {
  const cut: Uint8Array[] = [];
  if (delivery === "whole" || bytes.length < 2) {
    if (bytes.length <= BLOCK) return [bytes];
    for (let at = 0; at < bytes.length; at += BLOCK) cut.push(bytes.subarray(at, at + BLOCK));
    return cut;
  }
  if (delivery === "bytes") {
    const bytewise = Math.min(bytes.length, BYTEWISE_LIMIT);
    for (let at = 0; at < bytewise; at += 1) cut.push(bytes.subarray(at, at + 1));
    if (bytes.length > bytewise) cut.push(bytes.subarray(bytewise));
    return cut;
  }
  // Small input in small pieces, so that headers are cut; large input in about 24 pieces of any length.
  const longest = Math.max(9, Math.ceil(bytes.length / 12));
  for (let at = 0; at < bytes.length; ) {
    const length = 1 + random.below(at < 16 ? 6 : longest);
    cut.push(bytes.subarray(at, at + length));
    at += length;
  }
  return cut;
}

/**
 * Waits between two pieces: a timer tick while few were sent, later a turn of the loop at every sixteenth (each is a write of its own
 * all the same), so that 4 KiB do not take longer than a testee's opening handshake may while 20 runs share our loop.
 */
export function pauseBetween(index: number): Promise<void> {
  return new Promise((resolve) => {
    if (index < PACED_BYTES) setTimeout(resolve, 1);
    else if (index % 16 === 0) setImmediate(resolve);
    else resolve();
  });
}
