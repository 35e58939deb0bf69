/** What stands where there are no bytes. It has no memory of its own, and is never written. */
export const NO_BYTES: Uint8Array<ArrayBuffer> = new Uint8Array(0);
