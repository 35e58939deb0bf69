import type { Inflater } from "@samewire/codec";

/** An inflater that ends with a block that has BFINAL set, as those of libraries do. */
export interface EndingInflater extends Omit<Inflater, "ended" | "history"> {
  /** @param owned the piece is a `rest` of this inflater's own making, which stays as it is */
  inflate(piece: Uint8Array, last: boolean, max: number, owned?: boolean): Uint8Array | undefined;
  /**
   * Where the last call came to the end of a block with BFINAL set: what of the piece was not read. The context takes
   * nothing more until `reset`.
   */
  readonly rest: Uint8Array | undefined;
}
