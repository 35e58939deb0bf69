import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** Where `node:http` keeps the response that is under way on a stream; null or undefined where none is. */
interface HttpStream extends Duplex {
  readonly _httpMessage?: ServerResponse | null;
}

/**
 * Runs `then` when the responses to what came before on an HTTP stream are sent: at once if they are. An upgrade that
 * was sent behind a request is answered behind it (RFC 9112 section 9.3.2), or the response would land among frames.
 * Not at all where the stream has closed by then.
 */
export function afterResponses(stream: Duplex, then: () => void): void {
  const response = (stream as HttpStream)._httpMessage;
  if (!response || response.writableFinished) {
    then();
    return;
  }
  // The host has let go of the stream, and we have not taken it yet: a reset meanwhile is nobody's.
  stream.on("error", ignore);
  response.once("close", () => {
    // What is over is listened to on: where the answer found out about a reset, its error comes after this.
    if (!stream.writable) return;
    stream.off("error", ignore);
    afterResponses(stream, then);
  });
}

function ignore(): void {}
