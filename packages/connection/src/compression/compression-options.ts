import type { DeflateOptions } from "@samewire/codec";
import type { MemoryBudget } from "./memory-budget.ts";

/**
 * Options of permessage-deflate (RFC 7692), the same in both roles and on every runtime; what each costs is told in
 * `docs/compression.md`.
 */
export interface CompressionOptions extends Omit<DeflateOptions, "budget" | "ratioFloor"> {
  /**
   * Bytes of each message, inflated, that `maxRatio` does not count. Default: `maxMessageSize`, so that the guard is for
   * streams, whose length has no other bound.
   */
  readonly ratioFloor?: number | undefined;
  /** The memory that compression may take, shared by all connections of the same budget. Default: one for the process, of 256 MiB. */
  readonly budget?: MemoryBudget | undefined;
}
