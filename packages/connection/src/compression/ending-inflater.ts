import type { Inflater } from "@samewire/codec";

/** An inflater that ends with a block that has BFINAL set, as those of libraries do. */
export interface EndingInflater extends Omit<Inflater, "finalBlocks"> {
  /**
   * Where the last call came to the end of a block with BFINAL set: what of the piece was not read. The context takes
   * nothing more until `reset`.
   */
  readonly rest: Uint8Array | undefined;
}
