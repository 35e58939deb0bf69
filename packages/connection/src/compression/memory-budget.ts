import type { ContextBudget } from "@samewire/codec";
import { checkOption } from "../check-option.ts";

/**
 * The memory that the compression of many connections may take. While three quarters of it are free for the taking,
 * connections keep their history; beyond that new ones agree without context takeover, which costs memory only while a
 * message is in progress, and when all of it is used they do without compression (`memory-budget`). What was agreed is
 * never taken back, so messages in progress may exceed the limit for a moment.
 */
export class MemoryBudget implements ContextBudget {
  /** Bytes. */
  readonly limit: number;
  #used = 0;

  /** @throws UsageError `option` where `limit` is not a positive number of bytes */
  constructor(limit: number) {
    checkOption(typeof limit === "number" && limit > 0, "a memory budget is a positive number of bytes", limit);
    this.limit = limit;
  }

  /** Bytes that contexts hold, or are owed. */
  get used(): number {
    return this.#used;
  }

  get full(): boolean {
    return this.#used >= this.limit;
  }

  fits(bytes: number): boolean {
    return this.#used + bytes <= this.limit * 0.75;
  }

  charge(bytes: number): void {
    this.#used += bytes;
  }

  refund(bytes: number): void {
    this.#used -= bytes;
  }
}

/** What all connections of the process share unless they are given another. */
export const processBudget: MemoryBudget = new MemoryBudget(256 * 1024 * 1024);
