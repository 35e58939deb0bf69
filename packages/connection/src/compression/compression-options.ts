import type { DeflateOptions } from "@samewire/codec";
import type { MemoryBudget } from "./memory-budget.ts";

/**
 * Options of permessage-deflate (RFC 7692), the same in both roles and on every runtime; what each costs is told in
 * `docs/compression.md`.
 */
export interface CompressionOptions extends Omit<DeflateOptions, "budget"> {
  /** The memory that compression may take, shared by all connections of the same budget. Default: one for the process, of 256 MiB. */
  readonly budget?: MemoryBudget;
}
