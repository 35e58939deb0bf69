import type { HandshakeError } from "@samewire/codec";
import type { RefusedResponse } from "./refused-body.ts";

/** Why `connect` failed: `dial`, `timeout`, `aborted`, `closed`, or the code of the handshake's rule that was broken. */
export class ConnectError extends Error {
  override readonly name = "ConnectError";
  /** Stable and machine-readable. */
  readonly code: string;
  /** The response that refused the handshake, its body bounded to 64 KiB; undefined if none came. */
  readonly response: RefusedResponse | undefined;
  /** The clause of RFC 6455 that the response broke, where it did. */
  readonly section: string | undefined;

  constructor(code: string, message: string, cause?: unknown, response?: RefusedResponse) {
    super(printable(message), cause === undefined ? undefined : { cause });
    this.code = code;
    this.response = response;
    this.section = (cause as HandshakeError | undefined)?.section;
  }
}

/** Messages end up in terminals and logs, and the server has a part in them: nothing there may act. */
function printable(message: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return message.replace(/[\0-\x1f\x7f-\x9f]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
