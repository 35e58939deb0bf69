/**
 * The way in: messages wait here, in order, until the handler has settled, `open` has finished, or somebody asks for
 * them. How much waits decides whether the connection goes on reading.
 */
import { UsageError } from "@samewire/codec";
import type { Message } from "../message.ts";
import { IncomingStream, type StreamOwner, streamOf } from "./incoming-stream.ts";

/** What an item costs beside its bytes: its place, its object. Millions of empty messages are not free. */
const ITEM_COST = 64;
/** From so many places on, those in front that are empty are given back once they are more than the others. */
const EMPTY_PLACES = 1024;

export type Item = Message | IncomingStream;

/** What the inbox asks of its connection. */
export interface InboxOwner extends StreamOwner {
  /** Whether messages go to a handler once `open` has settled, and whether it has. */
  readonly handled: boolean;
  readonly opened: boolean;
  /** Runs the application's handler. What it returns is awaited if it is a promise. */
  dispatch(item: Item): unknown;
  /** A handler threw or rejected. */
  onHandlerError(error: unknown): void;
  /** Everything received so far is handled. */
  onInboxIdle(): void;
  /** Less waits than before. */
  onInboxRelief(): void;
  /** Somebody else waits longest than before, or nobody: see {@link Inbox.wanted}. */
  onWantedChange(): void;
  /** Resolves in the next macrotask. */
  nextTurn(): Promise<void>;
}

/** Whole messages, or messages as streams: who asks says which. What has begun to arrive as the other is converted. */
export type Wanted = "message" | "stream";

interface Waiter {
  readonly wanted: Wanted;
  resolve(item: Item | PromiseLike<Item> | undefined): void;
  reject(error: unknown): void;
  /** Stops listening to the signal that was to give the wait up. */
  forget: (() => void) | undefined;
}

// Stand for empty arrays: each of many connections for which nothing waits would have its own.
const NO_ITEMS: Item[] = [];
const NO_WAITERS: Waiter[] = [];

export class Inbox {
  /** About how many bytes wait. */
  size = 0;
  readonly #owner: InboxOwner;
  #items = NO_ITEMS;
  #head = 0;
  #waiters = NO_WAITERS;
  /** True while messages go to the handler; before that, and where there is none, they wait to be asked for. */
  #handling: boolean;
  /** A handler has not settled, or an iteration has not come back for more. */
  #busy = false;
  #iterating = false;
  /** What was asked for last, where nobody ever did undefined. */
  #pulled: Wanted | undefined;
  /** The stream that was handed out last. */
  #inHand: IncomingStream | undefined;
  /** How many items were handed out: what is over with one must not end the wait for a later one. */
  #takes = 0;
  #ended = false;

  constructor(owner: InboxOwner) {
    this.#owner = owner;
    this.#handling = owner.handled && owner.opened;
  }

  /**
   * Whether nothing waits and no handler is under way. What nobody ever asked for, and no handler is going to get, does
   * not count as waiting.
   */
  get idle(): boolean {
    return !this.#busy && (this.#head === this.#items.length || (!this.#owner.handled && this.#pulled === undefined));
  }

  /**
   * What the one who waits longest wants; where nobody waits, the same as who asked last, who is most likely to come
   * back. Undefined where messages are a handler's, and where nobody ever asked.
   */
  get wanted(): Wanted | undefined {
    return this.#waiters[0]?.wanted ?? (this.#owner.handled ? undefined : this.#pulled);
  }

  push(item: Item): void {
    if (this.#handling && !this.#busy && this.#head === this.#items.length) {
      let pending = this.#run(item);
      // A peer in this process may have answered at once what the handler sent.
      if (pending === undefined && this.#head !== this.#items.length) pending = this.#pump();
      if (pending !== undefined) void this.#follow(pending);
      return;
    }
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      waiter.forget?.();
      this.#owner.onWantedChange();
      this.#taken(waiter.wanted, waiter.resolve, item);
      return;
    }
    if (this.#items === NO_ITEMS) this.#items = [];
    this.#items.push(item);
    this.size += cost(item);
  }

  /** Counts as busy until the next macrotask, by which somebody may have asked for the first message. */
  awaitFirst(): void {
    this.#busy = true;
    this.#releaseSoon(++this.#takes);
  }

  /** `open` has finished: from now on messages go to the handler. */
  startHandling(): void {
    this.#handling = true;
    this.#busy = false;
    for (const waiter of this.#takeWaiters()) waiter.reject(handled());
    const pending = this.#pump();
    if (pending !== undefined) void this.#follow(pending);
  }

  /**
   * The next item; undefined when the connection is closed and nothing waits. Rejects when `signal` aborts; the item
   * that was waited for then goes to whoever asks next.
   */
  receive(wanted: "message", signal?: AbortSignal): Promise<Message | undefined>;
  receive(wanted: "stream"): Promise<IncomingStream | undefined>;
  receive(wanted: Wanted, signal?: AbortSignal): Promise<Item | undefined> {
    if (this.#handling) return Promise.reject(handled());
    if (signal?.aborted) return Promise.reject(signal.reason);
    this.#pulled = wanted;
    this.#busy = false;
    this.#inHand?.dropUnread();
    this.#inHand = undefined;
    const item = this.#shift();
    if (item !== undefined) {
      this.#owner.onInboxRelief();
      return new Promise((resolve) => this.#taken(wanted, resolve, item));
    }
    if (this.#ended) {
      this.#owner.onInboxIdle();
      return Promise.resolve(undefined);
    }
    const next = new Promise<Item | undefined>((resolve, reject) => {
      const waiter: Waiter = { wanted, resolve, reject, forget: undefined };
      if (signal !== undefined) this.#heed(signal, waiter);
      if (this.#waiters === NO_WAITERS) this.#waiters = [];
      this.#waiters.push(waiter);
      this.#owner.onWantedChange();
    });
    this.#owner.onInboxIdle();
    return next;
  }

  /** The messages until the connection is closed. Between two, the connection counts as busy with the first. */
  iterate(): AsyncIterator<Message, undefined> {
    if (this.#handling) throw handled();
    return {
      next: async () => {
        this.#iterating = true;
        const value = await this.receive("message");
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
    this.#items = NO_ITEMS;
    this.#head = 0;
    this.size = 0;
    this.#owner.onInboxRelief();
  }

  /** No more will come. Who waits is told when nothing is left. */
  end(): void {
    this.#ended = true;
    for (const waiter of this.#takeWaiters()) waiter.resolve(undefined);
  }

  /** Those who wait will be told something else than an item. */
  #takeWaiters(): Waiter[] {
    const waiters = this.#waiters;
    this.#waiters = NO_WAITERS;
    for (const waiter of waiters) waiter.forget?.();
    this.#owner.onWantedChange();
    return waiters;
  }

  /**
   * Somebody has a message in hand: the connection is busy with it until the next is asked for. Who only asks once is
   * given the turn, with a stream the one after its end.
   */
  #taken(wanted: Wanted, resolve: Waiter["resolve"], item: Item): void {
    this.#busy = true;
    const take = ++this.#takes;
    if (wanted === "message" && !(item instanceof IncomingStream)) {
      resolve(item);
      this.#releaseSoon(take);
      return;
    }
    const stream = item instanceof IncomingStream ? item : streamOf(item, this.#owner);
    this.#inHand = stream;
    stream.whenOver(() => this.#releaseSoon(take));
    resolve(wanted === "stream" ? stream : stream.message());
  }

  #releaseSoon(take: number): void {
    if (this.#iterating) return;
    this.#owner.nextTurn().then(() => {
      if (take === this.#takes) this.#release();
    });
  }

  #release(): void {
    if (this.#iterating || this.#handling) return;
    this.#busy = false;
    if (this.idle) this.#owner.onInboxIdle();
  }

  /** Gives the wait up when the signal aborts. A signal may outlive any number of waits, and must not collect them. */
  #heed(signal: AbortSignal, waiter: Waiter): void {
    const abandon = (): void => {
      this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
      this.#owner.onWantedChange();
      waiter.reject(signal.reason);
    };
    signal.addEventListener("abort", abandon, { once: true });
    waiter.forget = () => signal.removeEventListener("abort", abandon);
  }

  /** Runs the handler. Gives its promise, if it made one: the inbox is busy until it has returned, and that has settled. */
  #run(item: Item): PromiseLike<unknown> | undefined {
    this.#busy = true;
    try {
      const result = this.#owner.dispatch(item);
      if (isThenable(result)) return result;
      this.#busy = false;
    } catch (error) {
      this.#busy = false;
      this.#owner.onHandlerError(error);
    }
    return undefined;
  }

  /**
   * Waits for a handler, and hands over what came meanwhile, until nothing waits. One loop for a whole burst: `await`
   * makes no promise of its own, where reactions passed to `then` make one a message.
   */
  async #follow(first: PromiseLike<unknown>): Promise<void> {
    let pending: PromiseLike<unknown> | undefined = first;
    while (pending !== undefined) {
      try {
        await pending;
        this.#busy = false;
      } catch (error) {
        this.#busy = false;
        this.#owner.onHandlerError(error);
      }
      pending = this.#pump();
    }
  }

  #pump(): PromiseLike<unknown> | undefined {
    let pending: PromiseLike<unknown> | undefined;
    while (!this.#busy) {
      const item = this.#shift();
      if (item === undefined) break;
      pending = this.#run(item);
    }
    this.#owner.onInboxRelief();
    if (!this.#busy) this.#owner.onInboxIdle();
    return pending;
  }

  #shift(): Item | undefined {
    if (this.#head === this.#items.length) return undefined;
    const item = this.#items[this.#head] as Item;
    this.#items[this.#head++] = "";
    this.size -= cost(item);
    if (this.#head === this.#items.length) {
      this.#items = NO_ITEMS;
      this.#head = 0;
    } else if (this.#head >= EMPTY_PLACES && this.#head * 2 > this.#items.length) {
      // A peer that always has one more on its way never lets it become empty.
      this.#items = this.#items.slice(this.#head);
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
