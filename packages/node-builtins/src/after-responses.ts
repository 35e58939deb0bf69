import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type Clock, MAX_DELAY } from "@samewire/connection";

/** Where `node:http` keeps the response that is under way on a stream; null or undefined where none is. */
interface HttpStream extends Duplex {
  readonly _httpMessage?: ServerResponse | null;
}

/**
 * Runs `then` when the responses to what came before on an HTTP stream are sent: at once if they are. An upgrade that
 * was sent behind a request is answered behind it (RFC 9112 section 9.3.2), or the response would land among frames.
 * Not at all where the stream has closed by then.
 *
 * Nobody reads the stream meanwhile, so that nobody sees the peer leave: it is destroyed where a response takes too long.
 *
 * @param time how long each response may take from here on, in milliseconds; 0: no deadline
 */
export function afterResponses(stream: Duplex, clock: Clock, time: number, then: () => void): void {
  const response = (stream as HttpStream)._httpMessage;
  if (!response || response.writableFinished) {
    then();
    return;
  }
  // The host has let go of the stream, and we have not taken it yet: a reset meanwhile is nobody's.
  stream.on("error", ignoreError);
  const timer = time > 0 ? clock.setTimer(() => stream.destroy(), Math.min(time, MAX_DELAY)) : undefined;
  response.once("close", () => {
    clock.clearTimer(timer);
    // A stream that is over keeps the listener: where writing the answer met a reset, its error comes only after this.
    if (!stream.writable) return;
    stream.off("error", ignoreError);
    afterResponses(stream, clock, time, then);
  });
}

/** For a stream that the host has let go of, and that nobody has taken. */
export function ignoreError(): void {}
