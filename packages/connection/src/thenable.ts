/** Whether a value is to be awaited: what handlers return is theirs, and need not be a promise of this realm. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}
