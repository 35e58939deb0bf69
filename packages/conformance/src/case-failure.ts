/** Thrown by a case, or by the driver on its behalf, when the testee broke a MUST: it ends the run with `fail`. */
export class CaseFailure extends Error {
  override readonly name = "CaseFailure";
}

/** The failure of a testee that closed where it had to go on; some cases allow that, as a limit of its own. */
export class UnexpectedClose extends CaseFailure {}

/** The failure of a client that was started and made no request; some cases want just that. */
export class NoRequest extends CaseFailure {}

/** Thrown to end a run with `skipped`; the message is the reason shown in reports. */
export class CaseSkipped extends Error {
  override readonly name = "CaseSkipped";
}
