/**
 * The way in: messages wait here, in order, until the handler has settled, `open` has finished, or somebody asks for
 * them. How much waits decides whether the connection goes on reading.
 */
import { UsageError } from "@samewire/codec";
import { Fifo } from "../fifo.ts";
import type { Message } from "../message.ts";
import { isThenable } from "../thenable.ts";
import { IncomingStream, ITEM_COST, type Item, type StreamOwner, streamOf } from "./incoming-stream.ts";
import { type Waiter, Waiters, type WaitersOwner, type Wanted } from "./waiters.ts";

/** What the inbox asks of its connection. */
export interface InboxOwner extends StreamOwner, WaitersOwner {
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
  /** Resolves in the next macrotask. */
  nextTurn(): Promise<void>;
}

const OVER = { done: true, value: undefined } as const;

export class Inbox {
  /** About how many bytes wait. */
  size = 0;
  readonly #owner: InboxOwner;
  readonly #items = new Fifo<Item>();
  /** Made when a message is first asked for: with a handler for messages none ever is. */
  #waiters: Waiters | undefined;
  /** True while messages go to the handler; before that, and where there is none, they wait to be asked for. */
  #handling: boolean;
  /** A handler has not settled, or an iteration has not come back for more. */
  #busy = false;
  /** The loops that read, each known by an object of its own. */
  #iterations: Set<object> | undefined;
  /** The last loop was left: nobody comes for what waits, unless somebody asks again. */
  #left = false;
  /** What was asked for last; undefined where nobody has ever asked. */
  #pulled: Wanted | undefined;
  /** The stream that was handed out last. */
  #inHand: IncomingStream | undefined;
  /** What began to arrive as a stream and is put together for who asked for a message. What follows waits for it. */
  #joining: IncomingStream | undefined;
  /** How many items were handed out: what is over with one must not end the wait for a later one. */
  #takes = 0;
  #ended = false;

  constructor(owner: InboxOwner) {
    this.#owner = owner;
    this.#handling = owner.handled && owner.opened;
  }

  /** Whether what waits is what nobody ever asked for, and no handler is going to get. */
  get unasked(): boolean {
    return !this.#owner.handled && this.#pulled === undefined;
  }

  get #iterating(): boolean {
    return this.#iterations !== undefined && this.#iterations.size > 0;
  }

  /** Whether nothing waits and no handler is under way. What nobody comes for does not count as waiting. */
  get idle(): boolean {
    return !this.#busy && this.#joining === undefined && (this.#items.empty || this.unasked || this.#left);
  }

  /**
   * What the oldest waiter wants; where there is none, what was asked for last, which is most likely asked for again.
   * Undefined where messages go to a handler, and where nobody has ever asked.
   */
  get wanted(): Wanted | undefined {
    return this.#waiters?.first?.wanted ?? (this.#owner.handled ? undefined : this.#pulled);
  }

  push(item: Item): void {
    if (this.#handling && !this.#busy && this.#items.empty && this.#joining === undefined) {
      const pending = this.#run(item);
      if (pending !== undefined) void this.#follow(pending);
      return;
    }
    this.#items.push(item);
    this.size += cost(item);
    if (this.#waiters?.first !== undefined) this.#handOut();
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
    for (const waiter of this.#waiters?.takeAll() ?? []) waiter.reject(handled());
    this.#goOn();
  }

  /** Hands what waits to the handler. */
  #goOn(): void {
    const pending = this.#pump();
    if (pending !== undefined) void this.#follow(pending);
  }

  /**
   * The next item; undefined when the connection is closed and nothing waits. Rejects when `signal` aborts; the item
   * that was waited for then goes to whoever asks next.
   */
  receive(wanted: "message", signal?: AbortSignal, iteration?: object): Promise<Message | undefined>;
  receive(wanted: "stream"): Promise<IncomingStream | undefined>;
  receive(wanted: Wanted, signal?: AbortSignal, iteration?: object): Promise<Item | undefined> {
    if (this.#handling) return Promise.reject(handled());
    if (signal?.aborted) return Promise.reject(signal.reason);
    this.#pulled = wanted;
    this.#left = false;
    this.#busy = false;
    this.#dropUnread();
    this.#waiters ??= new Waiters(this.#owner);
    const next = this.#waiters.wait(wanted, signal, iteration);
    this.#handOut();
    return next;
  }

  /** To ask for more is to give up the stream in hand, unless its reader begins within the turn. */
  #dropUnread(): void {
    const stream = this.#inHand;
    this.#inHand = undefined;
    if (stream === undefined || stream.begun) return;
    this.#owner.nextTurn().then(() => {
      if (!stream.begun) stream.drop();
    });
  }

  /** The messages until the connection is closed. Between two, the connection counts as busy with the first. */
  iterate(): AsyncIterator<Message, undefined> {
    if (this.#handling) throw handled();
    const iteration = {};
    let left = false;
    return {
      next: async () => {
        if (left) return OVER;
        this.#iterations ??= new Set();
        this.#iterations.add(iteration);
        try {
          const value = await this.receive("message", undefined, iteration);
          return value === undefined ? OVER : { done: false, value };
        } catch (error) {
          // That ends the loop: it does not call `return`.
          this.#leave(iteration);
          throw error;
        }
      },
      return: async () => {
        left = true;
        this.#leave(iteration);
        return OVER;
      },
    };
  }

  /** Calls to `next` that still wait take nothing any more. An application that reads on in another way has one turn to begin. */
  #leave(iteration: object): void {
    this.#waiters?.leave(iteration);
    this.#iterations?.delete(iteration);
    if (this.#iterating) return;
    const take = ++this.#takes;
    this.#owner.nextTurn().then(() => {
      if (take !== this.#takes || this.#waiters?.first !== undefined) return;
      this.#left = true;
      this.#release();
    });
  }

  /** Drops what waits: the application has said that it is done. */
  discard(): void {
    for (const item of this.#items.takeAll()) if (item instanceof IncomingStream) item.cancel();
    this.size = 0;
    const joining = this.#joining;
    this.#joining = undefined;
    joining?.cancel();
    this.#owner.onInboxRelief();
  }

  /** No more will come. Those that wait are told when nothing is left. */
  end(): void {
    this.#ended = true;
    this.#handOut();
  }

  /** Gives what waits to those that wait for it, each in its order. */
  #handOut(): void {
    const waiters = this.#waiters;
    while (waiters?.first !== undefined && this.#joining === undefined) {
      const item = this.#shift();
      if (item === undefined) {
        if (this.#ended) for (const waiter of waiters.takeAll()) waiter.resolve(undefined);
        break;
      }
      if (waiters.first.wanted === "message" && item instanceof IncomingStream) this.#join(item);
      else this.#taken(waiters.takeFirst() as Waiter, item);
    }
    this.#owner.onInboxRelief();
    if (this.idle) this.#owner.onInboxIdle();
  }

  /** Puts a message together. Who asked for it may give up meanwhile: then it is for whoever asks next. */
  #join(stream: IncomingStream): void {
    this.#joining = stream;
    stream.message().then(
      (message) => {
        this.#joined(stream, () => {
          this.#items.unshift(message);
          this.size += cost(message);
        });
      },
      (error) => this.#joined(stream, () => error !== stream.failure && this.#waiters?.takeFirst()?.reject(error)),
    );
  }

  #joined(stream: IncomingStream, settle: () => void): void {
    // It was dropped meanwhile.
    if (this.#joining !== stream) return;
    this.#joining = undefined;
    settle();
    if (this.#handling) this.#goOn();
    else this.#handOut();
  }

  /**
   * Somebody has a message in hand: the connection is busy with it until the next is asked for. Where
   * none is, until the turn is over; with a stream, the turn after its end.
   */
  #taken({ wanted, resolve }: Waiter, item: Item): void {
    this.#busy = true;
    const take = ++this.#takes;
    if (wanted === "message") {
      resolve(item);
      this.#releaseSoon(take);
      return;
    }
    const stream = item instanceof IncomingStream ? item : streamOf(item, this.#owner);
    this.#inHand = stream;
    stream.whenOver(() => this.#releaseSoon(take));
    resolve(stream);
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
    while (!this.#busy && this.#joining === undefined) {
      const item = this.#shift();
      if (item === undefined) break;
      pending = this.#run(item);
    }
    this.#owner.onInboxRelief();
    if (!this.#busy) this.#owner.onInboxIdle();
    return pending;
  }

  #shift(): Item | undefined {
    const item = this.#items.shift();
    if (item !== undefined) this.size -= cost(item);
    return item;
  }
}

function cost(item: Item): number {
  return item instanceof IncomingStream ? ITEM_COST : item.length + ITEM_COST;
}

function handled(): UsageError {
  return new UsageError(
    "handled",
    "messages go to the message handler: receive or iterate only within open, or without that handler",
  );
}
