/**
 * Where encoded frames go. Small ones are written straight into `buffer`; a payload too long to be worth copying is
 * passed by reference, in its place between the bytes before and after it.
 */
export interface Outlet {
  /** Free from `length` on; what is before it waits to be sent. Both may change with every call. */
  buffer: Uint8Array;
  length: number;
  /** A payload longer than this is attached, not copied. */
  readonly copyLimit: number;
  /** Makes room for `size` bytes in one piece at `length`. The caller writes them and moves `length` on. */
  reserve(size: number): void;
  /** Sends `bytes` next, without copying them: they must not change until they are sent. */
  attach(bytes: Uint8Array): void;
}

/** An outlet in memory, for whoever drives the codec by hand: collects what is encoded until it is taken. */
export class OutputBuffer implements Outlet {
  buffer: Uint8Array = new Uint8Array(1024);
  length = 0;
  readonly copyLimit: number = Infinity;

  reserve(size: number): void {
    const needed = this.length + size;
    if (needed <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(needed, this.buffer.length * 2));
    larger.set(this.buffer.subarray(0, this.length));
    this.buffer = larger;
  }

  attach(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Everything encoded since the last call; the caller's to keep. */
  take(): Uint8Array {
    const taken = this.buffer.slice(0, this.length);
    this.length = 0;
    return taken;
  }
}
