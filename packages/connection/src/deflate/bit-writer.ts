/** Writes bits, the first into the lowest place of an octet (RFC 1951 section 3.1.1). */
export class BitWriter {
  readonly output: Uint8Array;
  readonly view: DataView;
  /** Octets that are whole. */
  length: number = 0;
  /** What is begun: fewer than 8 bits. */
  bits: number = 0;
  held: number = 0;

  /** @param size the most octets; three more beyond what is whole are written over */
  constructor(size: number) {
    this.output = new Uint8Array(size + 4);
    this.view = new DataView(this.output.buffer);
  }

  /** @param count at most 24 */
  put(bits: number, count: number): void {
    const all = this.bits | (bits << this.held);
    const held = this.held + count;
    this.view.setInt32(this.length, all, true);
    this.length += held >> 3;
    this.bits = all >>> (held & 0x18);
    this.held = held & 7;
  }

  /** The first `count` bits of these octets. */
  putAll(octets: Uint8Array, count: number): void {
    const whole = count >> 3;
    for (let at = 0; at < whole; at += 1) this.put(octets[at] as number, 8);
    if (count & 7) this.put(octets[whole] as number, count & 7);
  }

  /** An octet that is begun becomes whole, the rest of it zeroes. */
  align(): void {
    if (this.held > 0) this.put(0, 8 - this.held);
  }

  /** Octets as they are, where no other is begun. */
  append(octets: Uint8Array): void {
    this.output.set(octets, this.length);
    this.length += octets.length;
  }

  /** Back to where it was: what was written since is forgotten. */
  rewind(length: number, bits: number, held: number): void {
    this.length = length;
    this.bits = bits;
    this.held = held;
  }

  /** What was written, in whole octets. The writer then begins anew, with what is begun. */
  take(): Uint8Array {
    const taken = this.output.subarray(0, this.length);
    this.length = 0;
    return taken;
  }
}
