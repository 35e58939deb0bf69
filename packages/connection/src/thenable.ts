/** Whether a value is to be awaited: what handlers return is theirs, and need not be a promise of this realm. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}

/** What a value that nobody awaits rejects with is nobody's: it must not end the process. */
export function ignoreRejection(value: unknown): void {
  if (isThenable(value)) Promise.resolve(value).catch(() => {});
}
