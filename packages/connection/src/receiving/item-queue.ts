/** What was received and waits, first in, first out. */
import type { Message } from "../message.ts";
import { IncomingStream } from "./incoming-stream.ts";

export type Item = Message | IncomingStream;

/** From so many places on, those in front that are empty are given back once they are more than the others. */
const EMPTY_PLACES = 1024;
// Stands for an empty array: each of many connections for which nothing waits would have its own.
const NO_ITEMS: Item[] = [];

export class ItemQueue {
  #items = NO_ITEMS;
  #head = 0;

  get empty(): boolean {
    return this.#head === this.#items.length;
  }

  push(item: Item): void {
    if (this.#items === NO_ITEMS) this.#items = [];
    this.#items.push(item);
  }

  /** Before all others. */
  unshift(item: Item): void {
    this.#items = [item, ...this.#items.slice(this.#head)];
    this.#head = 0;
  }

  shift(): Item | undefined {
    if (this.empty) return undefined;
    const item = this.#items[this.#head] as Item;
    this.#items[this.#head++] = "";
    if (this.empty) {
      this.#items = NO_ITEMS;
      this.#head = 0;
    } else if (this.#head >= EMPTY_PLACES && this.#head * 2 > this.#items.length) {
      // A peer that always has one more on its way never lets it become empty.
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Drops all, also what is still to come of a message that is shown as a stream. */
  clear(): void {
    for (let i = this.#head; i < this.#items.length; i++) {
      const item = this.#items[i];
      if (item instanceof IncomingStream) item.cancel();
    }
    this.#items = NO_ITEMS;
    this.#head = 0;
  }
}
