import { randomFillSync } from "node:crypto";

// One call into the generator costs about 1 us whatever it is asked for, and a masking key is four bytes: they are
// drawn from a pool. Each byte is given out once and erased, so that a later reader of this memory learns no key.
const POOL_SIZE = 8192;
let pool: Uint8Array | undefined;
let used = POOL_SIZE;

/** Fills with bytes of the operating system's generator (RFC 6455 sections 5.3 and 10.3). */
export function randomFill(bytes: Uint8Array): void {
  const size = bytes.byteLength;
  if (size > POOL_SIZE / 8) {
    randomFillSync(bytes);
    return;
  }
  pool ??= new Uint8Array(POOL_SIZE);
  if (used + size > POOL_SIZE) {
    randomFillSync(pool);
    used = 0;
  }
  for (let index = 0; index < size; index++) {
    bytes[index] = pool[used] as number;
    pool[used++] = 0;
  }
}
