/**
 * Masking keys from the runtime's secure generator, many at a time (RFC 6455 sections 5.3 and 10.3). The pool is never
 * handed out, and each key is wiped when it is given, so that what is to come cannot be read and what was cannot either.
 */
import type { Runtime } from "../runtime.ts";

/** 1,024 keys: one call to the generator costs as much as a frame, so that it is made rarely. */
const POOL_SIZE = 4096;

export class MaskKeys {
  readonly #runtime: Runtime;
  readonly #pool = new Uint8Array(POOL_SIZE);
  readonly #keys = new Int32Array(this.#pool.buffer);
  #next = this.#keys.length;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  next = (): number => {
    if (this.#next === this.#keys.length) {
      this.#runtime.randomFill(this.#pool);
      this.#next = 0;
    }
    const key = this.#keys[this.#next] as number;
    this.#keys[this.#next++] = 0;
    return key;
  };
}
