/** A complete HTTP/1.1 response that ends its connection (RFC 9112): refusals, and answers to plain requests. */
import {
  encodeHead,
  encodeUtf8,
  type HandshakeError,
  type HandshakeErrorCode,
  HeaderFields,
  type HeaderInit,
  UsageError,
} from "@samewire/codec";
import { type Bytes, isBytes, viewOf } from "../message.ts";
import { checkedHeaders } from "./checked-headers.ts";
import { reasonPhrase } from "./reason-phrase.ts";

export interface HttpResponse {
  /** 200 to 999. */
  readonly status: number;
  /** Fields to add; Content-Length, Transfer-Encoding and Connection are set by themselves. */
  readonly headers?: HeaderInit | undefined;
  /** A string is sent as UTF-8, and named `text/plain` where the headers do not say what it is. */
  readonly body?: string | Bytes | undefined;
  /** True for the answer to HEAD: the length is told, the body is not sent. */
  readonly head?: boolean | undefined;
}

const FRAMING = /^(?:connection|content-length|transfer-encoding)$/;

/**
 * The response in bytes, which are the caller's. It has `Connection: close`, and a Content-Length unless its status
 * forbids a body.
 *
 * @throws UsageError for a status outside 200-999, a header that cannot be sent, and a body with 204, 205 or 304
 */
export function encodeHttpResponse(response: HttpResponse): Uint8Array {
  const { status, headers, body = "", head = false } = response;
  if (!Number.isInteger(status) || status < 200 || status > 999) {
    throw new UsageError("status", `a status is a number of 200 to 999, not ${JSON.stringify(status)}`);
  }
  const added = checkedHeaders(headers);
  if (typeof body !== "string" && !isBytes(body)) {
    throw new UsageError("body", "a body is a string or bytes");
  }
  const payload = typeof body === "string" ? encodeUtf8(body) : viewOf(body);
  const bodiless = status === 204 || status === 205 || status === 304;
  if (bodiless && payload.length > 0) throw new UsageError("body", `${status} has no body`);

  const names = new HeaderFields(added);
  const fields = {
    // RFC 9110 section 7.8: a sender of Upgrade names it in Connection.
    Connection: names.has("upgrade") ? "close, Upgrade" : "close",
    "Content-Length": bodiless ? undefined : `${payload.length}`,
    "Content-Type":
      typeof body !== "string" || body === "" || names.has("content-type") ? undefined : "text/plain; charset=utf-8",
  };
  const start = encodeHead(`HTTP/1.1 ${status} ${reasonPhrase(status)}`, fields, added, FRAMING);
  if (head) return start;
  const bytes = new Uint8Array(start.length + payload.length);
  bytes.set(start);
  bytes.set(payload, start.length);
  return bytes;
}

/** What a proxy makes of an upgrade that it was not told to pass on: the client never sees why. */
const BY_PROXY: ReadonlySet<HandshakeErrorCode> = new Set(["http-version", "upgrade"]);
const PROXY_HINT = "If there is a proxy between: it has to pass Upgrade and Connection on, over HTTP/1.1.\n";

/**
 * What a server answers to a request that broke a rule: the error's status and headers, and its message as the body.
 *
 * @param head true for the answer to HEAD
 */
export function encodeRefusal(error: HandshakeError, head: boolean): Uint8Array {
  const { status = 400, headers, message } = error;
  const hint = BY_PROXY.has(error.code) ? PROXY_HINT : "";
  return encodeHttpResponse({ status, headers, body: `${message}\n${hint}`, head });
}
