/** What a handler of the application has thrown, told to its `error` handler. */
import type { ConnectionHandlers } from "./handlers.ts";
import { isThenable } from "./receiving/inbox.ts";

/** What a function of the application has thrown; which may be anything. */
export interface ApplicationFault {
  readonly error: unknown;
}

/** An error handler that fails has nobody left to tell; the connection closes all the same. */
export function tellError<S>(handlers: ConnectionHandlers<S>, socket: S, error: unknown): void {
  try {
    const result = handlers.error?.(socket, error);
    if (isThenable(result)) result.then(undefined, ignore);
  } catch {
    // As above.
  }
}

const ignore = (): void => {};
