import type { Burst } from "./bursts.ts";

/** One connection's side of the echo: what to send next, and whether what comes back is right. */
export interface Exchange {
  /** The octets of the next burst. */
  next(): Buffer;
  /**
   * Takes received octets and answers how many messages they were, in fractions where messages are of equal length: a
   * window may be short beside a burst. Throws when they are not what was sent.
   */
  accept(chunk: Buffer): number;
  /** Whether the whole burst has come back. */
  complete(): boolean;
}

/** Every octet that comes back is compared: a `memcmp` is far cheaper than the receive. */
export class ExactExchange implements Exchange {
  readonly #bursts: readonly Burst[];
  #turn: number;
  #echo: Buffer = Buffer.alloc(0);
  #received = 0;
  readonly #messageLength: number;

  constructor(bursts: readonly Burst[], index: number) {
    this.#bursts = bursts;
    this.#turn = index;
    const { echo, payloads } = bursts[0] as Burst;
    this.#messageLength = echo.length / payloads.length;
  }

  next(): Buffer {
    const burst = this.#bursts[this.#turn % this.#bursts.length] as Burst;
    this.#turn += 1;
    this.#echo = burst.echo;
    this.#received = 0;
    return burst.out;
  }

  accept(chunk: Buffer): number {
    const from = this.#received;
    const to = from + chunk.length;
    if (to > this.#echo.length || chunk.compare(this.#echo, from, to) !== 0) {
      throw new Error(`the echo differs from what was sent, at octet ${from} of a burst of ${this.#echo.length}`);
    }
    this.#received = to;
    return chunk.length / this.#messageLength;
  }

  complete(): boolean {
    return this.#received === this.#echo.length;
  }
}

/**
 * The client role: a subject masks with keys of its own choice, so the length of every burst is checked, and one burst
 * in `SAMPLE` is unmasked and compared.
 */
export class MaskedExchange implements Exchange {
  static readonly SAMPLE = 32;
  readonly #bursts: readonly Burst[];
  readonly #raw: boolean;
  #turn: number;
  #burst: Burst | undefined;
  #length = 0;
  #received = 0;
  #sample: Buffer[] | undefined;

  constructor(bursts: readonly Burst[], index: number, raw: boolean) {
    this.#bursts = bursts;
    this.#turn = index;
    this.#raw = raw;
  }

  next(): Buffer {
    const burst = this.#bursts[this.#turn % this.#bursts.length] as Burst;
    this.#sample = this.#turn % MaskedExchange.SAMPLE === 0 ? [] : undefined;
    this.#turn += 1;
    this.#burst = burst;
    this.#length = this.#raw ? burst.out.length : burst.out.length + 4 * burst.payloads.length;
    this.#received = 0;
    return burst.out;
  }

  accept(chunk: Buffer): number {
    this.#received += chunk.length;
    if (this.#received > this.#length)
      throw new Error(`${this.#received} octets came back where ${this.#length} were due`);
    this.#sample?.push(chunk);
    const burst = this.#burst as Burst;
    if (this.complete() && this.#sample !== undefined) this.#compare(Buffer.concat(this.#sample), burst);
    return (chunk.length / this.#length) * burst.payloads.length;
  }

  complete(): boolean {
    return this.#received === this.#length;
  }

  #compare(octets: Buffer, burst: Burst): void {
    if (this.#raw) {
      if (octets.compare(burst.out) !== 0) throw new Error("the echo differs from what was sent");
      return;
    }
    let at = 0;
    for (const payload of burst.payloads) {
      const extended = payload.length < 126 ? 0 : payload.length < 65_536 ? 2 : 8;
      if (((octets[at + 1] as number) & 0x80) === 0) throw new Error("a client's frame is not masked");
      const key = octets.subarray(at + 2 + extended, at + 6 + extended);
      at += 6 + extended;
      for (const octet of payload.keys()) {
        if (((octets[at + octet] as number) ^ (key[octet & 3] as number)) !== payload[octet]) {
          throw new Error("the echo differs from what was sent");
        }
      }
      at += payload.length;
    }
  }
}
