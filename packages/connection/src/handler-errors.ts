/** Handlers of the application: what they throw is caught, and told to its `error` handler. */
import type { ConnectionHandlers } from "./handlers.ts";
import { ignoreRejection, isThenable } from "./thenable.ts";

/** What a function of the application has thrown; which may be anything. */
export interface ApplicationFault {
  readonly error: unknown;
}

/** Runs a handler. Where it returned a promise, gives one that settles with it and never rejects. */
export function runHandler<S, A extends readonly unknown[]>(
  handler: (socket: S, ...args: A) => unknown,
  handlers: ConnectionHandlers<S>,
  socket: S,
  args: A,
  onError: (error: unknown) => void,
): PromiseLike<unknown> | undefined {
  try {
    const result = handler.call(handlers, socket, ...args);
    return isThenable(result) ? Promise.resolve(result).then(undefined, onError) : undefined;
  } catch (error) {
    onError(error);
    return undefined;
  }
}

/** An error handler that fails has nobody left to tell; the connection closes all the same. */
export function tellError<S>(handlers: ConnectionHandlers<S>, socket: S, error: unknown): void {
  try {
    ignoreRejection(handlers.error?.(socket, error));
  } catch {
    // As above.
  }
}
