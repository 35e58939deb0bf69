/**
 * The way in: messages wait here, in order, until the handler has settled, `open` has finished, or somebody asks for
 * them. How much waits decides whether the connection goes on reading.
 */
import { UsageError } from "@samewire/codec";
import type { Message } from "../message.ts";
import { IncomingStream } from "./incoming-stream.ts";

/** What an item costs beside its bytes: its place, its object. Millions of empty messages are not free. */
const ITEM_COST = 64;

export type Item = Message | IncomingStream;

/** What the inbox asks of its connection. */
export interface InboxOwner {
  /** Runs the application's handler. What it returns is awaited if it is a promise. */
  dispatch(item: Item): unknown;
  /** A handler threw or rejected. */
  onHandlerError(error: unknown): void;
  /** Everything received so far is handled. */
  onInboxIdle(): void;
  /** Less waits than before. */
  onInboxRelief(): void;
  /** Resolves in the next macrotask. */
  nextTurn(): Promise<void>;
}

type Waiter = { resolve(item: Item | undefined): void; reject(error: unknown): void };

/** What happens when a handler's promise settles: the same two functions for all of a connection. */
interface Reactions {
  settled(): void;
  rejected(error: unknown): void;
}

export class Inbox {
  /** About how many bytes wait. */
  size = 0;
  readonly #owner: InboxOwner;
  #items: Item[] = [];
  #head = 0;
  #waiters: Waiter[] = [];
  /** True while messages go to the handler; before that, and where there is none, they wait to be asked for. */
  #handling = false;
  /** A handler has not settled, or an iteration has not come back for more. */
  #busy = false;
  #iterating = false;
  /** Somebody has asked for a message at least once. */
  #pulled = false;
  #ended = false;
  #reactions: Reactions | undefined;

  constructor(owner: InboxOwner) {
    this.#owner = owner;
  }

  /** Whether nothing waits and no handler is under way. What nobody ever asked for does not count as waiting. */
  get idle(): boolean {
    return !this.#busy && (this.#head === this.#items.length || (!this.#handling && !this.#pulled));
  }

  push(item: Item): void {
    if (this.#handling && !this.#busy && this.#head === this.#items.length) {
      this.#run(item);
      return;
    }
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      this.#taken(waiter.resolve, item);
      return;
    }
    this.#items.push(item);
    this.size += cost(item);
  }

  /** `open` has finished: from now on messages go to the handler. */
  startHandling(): void {
    this.#handling = true;
    this.#busy = false;
    for (const waiter of this.#waiters) waiter.reject(handled());
    this.#waiters = [];
    this.#pump();
  }

  /**
   * The next item; undefined when the connection is closed and nothing waits. Rejects when `signal` aborts; the item
   * that was waited for then goes to whoever asks next.
   */
  receive(signal?: AbortSignal): Promise<Item | undefined> {
    if (this.#handling) return Promise.reject(handled());
    if (signal?.aborted) return Promise.reject(signal.reason);
    this.#pulled = true;
    this.#busy = false;
    const item = this.#shift();
    if (item !== undefined) {
      this.#owner.onInboxRelief();
      return new Promise((resolve) => this.#taken(resolve, item));
    }
    if (this.#ended) return Promise.resolve(undefined);
    const next = new Promise<Item | undefined>((resolve, reject) => {
      const waiter: Waiter = { resolve, reject };
      this.#waiters.push(waiter);
      signal?.addEventListener("abort", () => this.#abandon(waiter, signal.reason), { once: true });
    });
    this.#owner.onInboxIdle();
    return next;
  }

  /** The items until the connection is closed. Between two, the connection counts as busy with the first. */
  iterate(): AsyncIterator<Item, undefined> {
    if (this.#handling) throw handled();
    return {
      next: async () => {
        this.#iterating = true;
        const value = await this.receive();
        return value === undefined ? { done: true, value } : { done: false, value };
      },
      return: async () => {
        this.#iterating = false;
        this.#release();
        return { done: true, value: undefined };
      },
    };
  }

  /** Drops what waits: the application has said that it is done. */
  discard(): void {
    for (let i = this.#head; i < this.#items.length; i++) {
      const item = this.#items[i];
      if (item instanceof IncomingStream) item.cancel();
    }
    this.#items = [];
    this.#head = 0;
    this.size = 0;
    this.#owner.onInboxRelief();
  }

  /** No more will come. Who waits is told when nothing is left. */
  end(): void {
    this.#ended = true;
    for (const waiter of this.#waiters) waiter.resolve(undefined);
    this.#waiters = [];
  }

  /**
   * Somebody has a message in hand: the connection is busy with it until the next is asked for. Who only asks once is
   * given the turn.
   */
  #taken(resolve: (item: Item) => void, item: Item): void {
    this.#busy = true;
    resolve(item);
    if (!this.#iterating) this.#owner.nextTurn().then(() => this.#release());
  }

  #release(): void {
    if (this.#iterating || this.#handling) return;
    this.#busy = false;
    if (this.idle) this.#owner.onInboxIdle();
  }

  #abandon(waiter: Waiter, reason: unknown): void {
    const at = this.#waiters.indexOf(waiter);
    if (at < 0) return;
    this.#waiters.splice(at, 1);
    waiter.reject(reason);
  }

  #run(item: Item): void {
    let result: unknown;
    try {
      result = this.#owner.dispatch(item);
    } catch (error) {
      this.#owner.onHandlerError(error);
      return;
    }
    if (isThenable(result)) {
      this.#busy = true;
      this.#reactions ??= this.#makeReactions();
      result.then(this.#reactions.settled, this.#reactions.rejected);
    }
  }

  /** Made for the first handler that gives a promise: a connection whose handlers do not has no use for it. */
  #makeReactions(): Reactions {
    return {
      settled: () => {
        this.#busy = false;
        this.#pump();
      },
      rejected: (error) => {
        this.#busy = false;
        this.#owner.onHandlerError(error);
        this.#pump();
      },
    };
  }

  #pump(): void {
    while (!this.#busy) {
      const item = this.#shift();
      if (item === undefined) break;
      this.#run(item);
    }
    this.#owner.onInboxRelief();
    if (!this.#busy) this.#owner.onInboxIdle();
  }

  #shift(): Item | undefined {
    if (this.#head === this.#items.length) return undefined;
    const item = this.#items[this.#head] as Item;
    this.#items[this.#head++] = "";
    this.size -= cost(item);
    if (this.#head === this.#items.length) {
      this.#items = [];
      this.#head = 0;
    }
    return item;
  }
}

function cost(item: Item): number {
  return item instanceof IncomingStream ? ITEM_COST : item.length + ITEM_COST;
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}

function handled(): UsageError {
  return new UsageError(
    "handled",
    "messages go to the message handler: receive or iterate only within open, or without that handler",
  );
}
