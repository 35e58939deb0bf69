import { randomFillSync } from "node:crypto";

/** Fills with bytes of the operating system's generator (RFC 6455 sections 5.3 and 10.3). */
export function randomFill(bytes: Uint8Array): void {
  randomFillSync(bytes);
}
