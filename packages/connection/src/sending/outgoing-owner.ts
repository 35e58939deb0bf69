import type { Protocol } from "@samewire/codec";
import type { TurnQueue } from "./turn-queue.ts";

/** What the queue needs of its connection. */
export interface OutgoingOwner {
  readonly protocol: Protocol;
  readonly turns: TurnQueue;
  /** Something was encoded. */
  sent(): void;
  /**
   * Resolves when what is encoded is on its way to the peer, at once if it is; also when the connection ends. Messages that
   * wait for the one under way do not count.
   *
   * @param all not before the runtime has all of it, so that the memory it was sent from is free again
   */
  taken(all: boolean): Promise<void>;
  /** A message that was begun cannot be finished. */
  onBrokenOff(error: unknown): void;
  /** Nothing is under way any more. */
  onOutgoingIdle(): void;
}
