/** What an application writes for its connections: the same on every adapter, and in both roles. */
import type { CloseInfo } from "./close-info.ts";
import type { Message, OwnBytes } from "./message.ts";
import type { IncomingStream } from "./receiving/incoming-stream.ts";

/**
 * The handlers of a connection `S`. Each may be `async`. `open`, then `message` or `stream` for one message after the
 * other, then `close` run in the order of what happened, and a promise of theirs that is pending holds the next back.
 * `ping`, `pong`, `drain` and `error` wait for nobody and hold nobody back: they run at once, also while a promise of
 * another handler is pending. One that throws or rejects closes with 1011, but for `error` itself.
 */
export interface ConnectionHandlers<S> {
  /** The connection is open. No message goes to `message` before this has finished. */
  open?(socket: S): unknown;
  /** A message arrived. */
  message?(socket: S, message: Message): unknown;
  /** In the place of `message`: each message as a stream of chunks. When it settles, what was not read is dropped. */
  stream?(socket: S, stream: IncomingStream): unknown;
  /** A Ping arrived; it is answered already unless `autoPong` is off. */
  ping?(socket: S, payload: OwnBytes): unknown;
  /** A Pong arrived. */
  pong?(socket: S, payload: OwnBytes): unknown;
  /** After `send` returned false: there is room again. */
  drain?(socket: S): unknown;
  /** The connection is over: exactly once, after everything received was handled. */
  close?(socket: S, info: CloseInfo): unknown;
  /** A handler threw or rejected. The connection closes with 1011. */
  error?(socket: S, error: unknown): unknown;
}
