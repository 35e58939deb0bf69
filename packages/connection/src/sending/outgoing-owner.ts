import type { Protocol } from "@samewire/codec";
import type { TurnQueue } from "./turn-queue.ts";

/** What the queue needs of its connection. */
export interface OutgoingOwner {
  readonly protocol: Protocol;
  readonly turns: TurnQueue;
  /** Something was encoded. */
  sent(): void;
  /**
   * Resolves when the peer takes what is encoded, at once if it does; also when the connection ends. What waits behind a
   * message that is under way does not count: it waits for that.
   *
   * @param all only when the runtime has all of it, so that memory which it was sent from is free
   */
  taken(all: boolean): Promise<void>;
  /** A message that was begun cannot be finished. */
  onBrokenOff(error: unknown): void;
  /** Nothing is under way any more. */
  onOutgoingIdle(): void;
}
