import type { HeaderInit } from "@samewire/codec";
import { encodeHttpResponse } from "./http-response.ts";

/** The answer that refuses an opening handshake: made by {@link refuse}. */
export class Refusal {
  readonly status: number;
  readonly headers: HeaderInit;
  readonly body: string | Uint8Array;
  /** The response as it goes out. */
  readonly bytes: Uint8Array;

  constructor(status: number, headers: HeaderInit, body: string | Uint8Array) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.bytes = encodeHttpResponse({ status, headers, body });
  }
}

/**
 * Refuses an opening handshake with any final status (RFC 6455 section 4.2.2), for an `upgrade` handler to return.
 *
 * @throws UsageError if the status is not 200-999, or a header name or value may not be sent
 */
export function refuse(status: number, headers: HeaderInit = {}, body: string | Uint8Array = ""): Refusal {
  return new Refusal(status, headers, body);
}
