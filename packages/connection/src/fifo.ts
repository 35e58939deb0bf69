/** A queue that gives its next item in constant time, however many wait: `Array.shift` moves all the others. */

/** Empty places in front are given back once there are this many of them, and more than items. */
const EMPTY_PLACES = 1024;
// Stands for an empty array: each of many connections for which nothing waits would have its own.
const NONE: never[] = [];

export class Fifo<T> {
  #items: (T | undefined)[] = NONE;
  #head = 0;

  get empty(): boolean {
    return this.#head === this.#items.length;
  }

  push(item: T): void {
    if (this.#items === NONE) this.#items = [];
    this.#items.push(item);
  }

  /** Before all others. */
  unshift(item: T): void {
    this.#items = [item, ...this.#items.slice(this.#head)];
    this.#head = 0;
  }

  shift(): T | undefined {
    if (this.empty) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    if (this.empty) {
      this.#items = NONE;
      this.#head = 0;
    } else if (this.#head >= EMPTY_PLACES && this.#head * 2 > this.#items.length) {
      // A peer that always has one more on its way never lets it become empty.
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** All that waits, in order; nothing does any more. */
  takeAll(): readonly T[] {
    const items = this.#items.slice(this.#head) as T[];
    this.#items = NONE;
    this.#head = 0;
    return items;
  }
}
