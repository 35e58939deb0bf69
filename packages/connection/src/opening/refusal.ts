import type { HeaderInit } from "@samewire/codec";
import { type Bytes, viewOf } from "../message.ts";
import { encodeHttpResponse } from "./http-response.ts";

/** The answer that refuses an opening handshake: made by {@link refuse}. */
export class Refusal {
  readonly status: number;
  readonly headers: HeaderInit;
  readonly body: string | Uint8Array;
  /** The response as it goes out. */
  readonly bytes: Uint8Array;

  constructor(status: number, headers: HeaderInit, body: string | Bytes) {
    this.status = status;
    this.headers = headers;
    this.bytes = encodeHttpResponse({ status, headers, body });
    this.body = typeof body === "string" ? body : viewOf(body);
  }
}

/**
 * Refuses an opening handshake with any final status (RFC 6455 section 4.2.2), for an `upgrade` handler to return.
 *
 * @throws UsageError if the status is not 200-999, a header name or value may not be sent, or the body is neither a
 *   string nor bytes
 */
export function refuse(status: number, headers: HeaderInit = {}, body: string | Bytes = ""): Refusal {
  return new Refusal(status, headers, body);
}
