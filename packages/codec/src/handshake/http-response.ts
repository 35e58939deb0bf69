/** A complete HTTP/1.1 response that ends its connection (RFC 9112): refusals, and answers to plain requests. */
import { encodeUtf8 } from "../bytes/text.ts";
import { checkUsage, type HandshakeError } from "../errors.ts";
import { isFieldValue } from "./characters.ts";
import { encodeHead } from "./encode-head.ts";
import { HeaderFields, type HeaderInit, headerPairs } from "./header-fields.ts";

export interface HttpResponse {
  /** 200 to 999. */
  readonly status: number;
  /** The reason phrase, Latin-1; none by default, as HTTP allows. */
  readonly reason?: string | undefined;
  /** Fields to add; Content-Length, Transfer-Encoding and Connection are set by themselves. */
  readonly headers?: HeaderInit | undefined;
  /** A string is sent as UTF-8, and named `text/plain` where the headers do not say what it is. */
  readonly body?: string | Uint8Array | undefined;
  /** True for the answer to HEAD: the length is told, the body is not sent. */
  readonly head?: boolean | undefined;
}

const FRAMING = /^(?:connection|content-length|transfer-encoding)$/i;

/**
 * The response in bytes, which are the caller's. It has `Connection: close`, and a Content-Length unless its status
 * forbids a body.
 *
 * @throws UsageError for a status outside 200-999, a reason or header that cannot be sent, and a body with 204 or 304
 */
export function encodeHttpResponse(response: HttpResponse): Uint8Array {
  const { status, reason = "", headers = [], body = "", head = false } = response;
  checkUsage(Number.isInteger(status) && status >= 200 && status <= 999, "status", status);
  checkUsage(isFieldValue(reason), "reason", reason);
  const payload = typeof body === "string" ? encodeUtf8(body) : body;
  const bodiless = status === 204 || status === 304;
  checkUsage(!bodiless || payload.length === 0, "body", status);

  // Taken once: they may be a generator's.
  const added = headerPairs(headers);
  const names = new HeaderFields(added);
  const fields = {
    // RFC 9110 section 7.8: who sends Upgrade names it in Connection.
    Connection: names.has("upgrade") ? "close, Upgrade" : "close",
    "Content-Length": bodiless ? undefined : `${payload.length}`,
    "Content-Type":
      payload === body || body === "" || names.has("content-type") ? undefined : "text/plain; charset=utf-8",
  };
  return encodeHead(`HTTP/1.1 ${status} ${reason}`, fields, added, FRAMING, head ? undefined : payload);
}

/** What a server answers to a request that broke a rule: the error's status and headers, and its message as the body. */
export function encodeRefusal(error: HandshakeError, response?: Pick<HttpResponse, "reason" | "head">): Uint8Array {
  const { status = 400, headers, message } = error;
  return encodeHttpResponse({ ...response, status, headers, body: `${message}\n` });
}
