/** The calls that wait for a message, in order: each for one of a kind, until it comes or the wait is given up. */
import type { Item } from "./incoming-stream.ts";

/** A whole message, or one as a stream, as the caller asks. What has begun to arrive as the other is converted. */
export type Wanted = "message" | "stream";

export interface Waiter {
  readonly wanted: Wanted;
  /** The iteration that it belongs to, if any. */
  readonly iteration: object | undefined;
  resolve(item: Item | PromiseLike<Item> | undefined): void;
  reject(error: unknown): void;
  /** Stops listening to the signal that was to give the wait up. */
  forget: (() => void) | undefined;
}

export interface WaitersOwner {
  /** Another waits longest than before, or none does. */
  onWantedChange(): void;
}

export class Waiters {
  readonly #owner: WaitersOwner;
  #list: Waiter[] = [];

  constructor(owner: WaitersOwner) {
    this.#owner = owner;
  }

  /** The one that waits longest. */
  get first(): Waiter | undefined {
    return this.#list[0];
  }

  /** Waits behind the others. Rejects when `signal` aborts; gives undefined where nothing will come. */
  wait(wanted: Wanted, signal: AbortSignal | undefined, iteration: object | undefined): Promise<Item | undefined> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { wanted, iteration, resolve, reject, forget: undefined };
      if (signal !== undefined) this.#heed(signal, waiter);
      this.#list.push(waiter);
      this.#owner.onWantedChange();
    });
  }

  /** Takes the one that waits longest, to be told. */
  takeFirst(): Waiter | undefined {
    const waiter = this.#list.shift();
    waiter?.forget?.();
    this.#owner.onWantedChange();
    return waiter;
  }

  /** Takes all of them, to be told something else than an item. */
  takeAll(): readonly Waiter[] {
    const waiters = this.#list;
    this.#list = [];
    for (const waiter of waiters) waiter.forget?.();
    this.#owner.onWantedChange();
    return waiters;
  }

  /** The iteration is over: its waits are, too, and take nothing. */
  leave(iteration: object): void {
    for (const waiter of this.#list.filter((one) => one.iteration === iteration)) {
      this.#giveUp(waiter);
      waiter.resolve(undefined);
    }
  }

  /** Gives the wait up when the signal aborts. A signal may outlive any number of waits, and must not collect them. */
  #heed(signal: AbortSignal, waiter: Waiter): void {
    const onAbort = (): void => {
      this.#giveUp(waiter);
      waiter.reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    waiter.forget = () => signal.removeEventListener("abort", onAbort);
  }

  #giveUp(waiter: Waiter): void {
    this.#list.splice(this.#list.indexOf(waiter), 1);
    this.#owner.onWantedChange();
  }
}
