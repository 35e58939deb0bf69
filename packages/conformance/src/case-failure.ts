import { toHex } from "./wire/bytes.ts";
import { isControl } from "./wire/opcode.ts";

/** Thrown by a case, or by the driver on its behalf, when the testee broke a MUST: it ends the run with `fail`. */
export class CaseFailure extends Error {
  override readonly name = "CaseFailure";
}

/** The failure of a testee that let a time limit pass; on a busy machine it need not be at fault, so the run is repeated alone. */
export class Overdue extends CaseFailure {}

/** The failure of a testee that closed where it had to go on; some cases allow that, as a limit of its own. */
export class UnexpectedClose extends CaseFailure {}

/** The failure of a testee that closed TCP in order within a frame; after a fault of ours an echo may be cut off so. */
export class CutFrame extends CaseFailure {
  /** It is a data frame: an echo, if one is due. */
  readonly isEcho: boolean;

  constructor(bytes: Uint8Array) {
    super(`the testee closed TCP within a frame: ${toHex(bytes, 16)} (${bytes.length} bytes; RFC 6455 5.2)`);
    this.isEcho = !isControl((bytes[0] ?? 0) & 0xf);
  }
}

/** The failure of a client that was started and made no request; some cases want just that. */
export class NoRequest extends CaseFailure {}

/** Thrown to end a run with `skipped`; the message is the reason shown in reports. */
export class CaseSkipped extends Error {
  override readonly name = "CaseSkipped";
}
