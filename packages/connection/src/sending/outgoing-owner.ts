import type { Protocol } from "@samewire/codec";
import type { TurnQueue } from "./turn-queue.ts";

/** What the queue needs of its connection. */
export interface OutgoingOwner {
  readonly protocol: Protocol;
  readonly turns: TurnQueue;
  /** Something was encoded. */
  sent(): void;
  /** Resolves when there is room to send; at once if there is. Resolves too when the connection ends. */
  drained(): Promise<void>;
  /** A message that was begun cannot be finished. */
  onBrokenOff(error: unknown): void;
  /** Nothing is under way any more. */
  onOutgoingIdle(): void;
}
