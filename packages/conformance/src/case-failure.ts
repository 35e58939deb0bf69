/** Thrown by a case, or by the driver on its behalf, when the testee broke a MUST: it ends the run with `fail`. */
export class CaseFailure extends Error {
  override readonly name = "CaseFailure";
}

/** Thrown to end a run with `skipped`; the message is the reason shown in reports. */
export class CaseSkipped extends Error {
  override readonly name = "CaseSkipped";
}
