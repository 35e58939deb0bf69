/**
 * The memory of pending reads, for runtimes that want it before there is anything to read (Deno, workerd): what a
 * connection holds while it is silent is paid for every connection.
 */

/** What a pending read of a quiet connection holds. */
const IDLE_SIZE = 1024;
/** What a connection may go on holding after a burst that fitted: the smallest of these. */
const BURST_SIZES = [4096, 16_384, 65_536] as const;
/** After a read that filled its buffer there is most likely more. */
const FIRST_GROWTH = 65_536;
const LAST_GROWTH = 262_144;
/**
 * Larger buffers cost one system call less per burst, but a connection that falls silent keeps its last one: together
 * they may hold this much in a process, and what is beyond is small again after each burst.
 */
const BURST_BUDGET = 4 * 1024 * 1024;
/** Buffers that are kept for the next burst of whichever connection; a new large one costs 10 us and more. */
const SPARE_BUDGET = 8 * 1024 * 1024;

let burstBytes = 0;
let spareBytes = 0;
const spares = new Map<number, Uint8Array<ArrayBuffer>[]>(
  [IDLE_SIZE, ...BURST_SIZES, LAST_GROWTH].map((size) => [size, []]),
);

/** Gives memory of this many bytes, which is never given back. */
export type ReadMemory = (size: number) => Uint8Array<ArrayBuffer>;

let allocate: ReadMemory = (size) => new Uint8Array(size);

/** From now on, new buffers for bursts are parts of the memory that `memory` gives out. */
export function readInto(memory: ReadMemory): void {
  allocate = memory;
}

function take(size: number): Uint8Array<ArrayBuffer> {
  const spare = spares.get(size)?.pop();
  if (spare === undefined) return size === IDLE_SIZE ? new Uint8Array(size) : allocate(size);
  spareBytes -= size;
  return spare;
}

function give(bytes: Uint8Array<ArrayBuffer>): void {
  const list = spares.get(bytes.byteLength);
  const isPart = bytes.byteLength < bytes.buffer.byteLength;
  if (list === undefined || (spareBytes + bytes.byteLength > SPARE_BUDGET && !isPart)) return;
  spareBytes += bytes.byteLength;
  list.push(bytes);
}

/** One connection's memory for reads: 1 KiB while it is quiet, as large as its bursts while there are any. */
export class ReadBuffer {
  /** Where the next read goes. Its reader replaces it where the runtime gives the memory back as another array. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(IDLE_SIZE);
  /** Bytes since the last read that did not fill its buffer: the size of the burst so far. */
  #burst = 0;
  /** This connection's part of the budget for bursts. */
  #held = 0;

  /**
   * Chooses the memory of the next read.
   *
   * @param filled how much the last read brought
   */
  advance(filled: number): void {
    const size = this.bytes.byteLength;
    this.#burst += filled;
    if (filled === size) {
      this.#replace(size < FIRST_GROWTH ? FIRST_GROWTH : LAST_GROWTH);
      return;
    }
    const burst = this.#burst;
    this.#burst = 0;
    this.#hold(burst < IDLE_SIZE ? 0 : (BURST_SIZES.find((fits) => burst < fits) ?? FIRST_GROWTH));
    this.#replace(this.#held || IDLE_SIZE);
  }

  /** The connection has gone, and no read is pending. */
  release(): void {
    this.#hold(0);
    give(this.bytes);
  }

  #hold(size: number): void {
    if (size === this.#held) return;
    burstBytes -= this.#held;
    this.#held = burstBytes + size > BURST_BUDGET ? 0 : size;
    burstBytes += this.#held;
  }

  #replace(size: number): void {
    if (size === this.bytes.byteLength) return;
    give(this.bytes);
    this.bytes = take(size);
  }
}
