import type { BitWriter } from "./bit-writer.ts";

/** RFC 1951 section 3.2.4: writes a block of octets as they are, at most 65,535; of none, it ends at a byte boundary. */
export function writeStored(writer: BitWriter, octets: Uint8Array): void {
  writer.put(0, 3);
  writer.align();
  writer.put(octets.length, 16);
  writer.put(~octets.length & 0xffff, 16);
  writer.append(octets);
}
