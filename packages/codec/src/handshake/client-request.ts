/** The request of the opening handshake (RFC 6455 section 4.1). */
import { encodeBase64 } from "../bytes/base64.ts";
import { checkUsage } from "../errors.ts";
import type { ClientExtension } from "../extensions/extension.ts";
import { isFieldValue } from "./characters.ts";
import { encodeHead, HANDSHAKE_FIELDS } from "./encode-head.ts";
import type { HeaderInit } from "./header-fields.ts";
import { areSubprotocols, formatExtensions } from "./header-values.ts";
import { isAuthority, isOriginForm } from "./start-line.ts";

/** What a request says. */
export interface ClientRequestOptions {
  /** The Host header: the URL's host, and its port unless that is the scheme's own. */
  readonly host: string;
  /** The resource name: path and query of the URL (section 3). */
  readonly target: string;
  /** 16 bytes from a cryptographic random source, new for each connection. */
  readonly nonce: Uint8Array;
  /** What to offer, in order of preference. */
  readonly subprotocols?: readonly string[] | undefined;
  /** What to offer, in order of preference. */
  readonly extensions?: readonly ClientExtension[] | undefined;
  /** Header fields to add, for example `Authorization`. */
  readonly headers?: HeaderInit | undefined;
  /** The Origin header; none by default, since only a browser owes one. */
  readonly origin?: string | undefined;
}

/** A request to send. */
export interface ClientRequest {
  /** The whole request; the caller's. */
  readonly bytes: Uint8Array;
  /** The Sec-WebSocket-Key in it, to which the response must fit. */
  readonly key: string;
}

const HANDSHAKE_FIELDS_AND_ORIGIN = new RegExp(`${HANDSHAKE_FIELDS.source}|^origin$`);

/**
 * The request, with its lines in this order: request line, Host, Upgrade, Connection, Sec-WebSocket-Key,
 * Sec-WebSocket-Version, Origin, Sec-WebSocket-Protocol, Sec-WebSocket-Extensions, then the added fields.
 *
 * @throws UsageError where any part cannot be sent: a nonce of another size, a host or target with characters that no URL
 *   has, subprotocols that are not unique tokens, a header that cannot be sent or is not the caller's to set
 */
export function createRequest(options: ClientRequestOptions): ClientRequest {
  const { host, target, nonce, subprotocols = [], extensions = [], headers = [], origin } = options;
  checkUsage(nonce.length === 16, "nonce", nonce.length);
  checkUsage(isAuthority(host), "host", host);
  checkUsage(isOriginForm(target), "target", target);
  checkUsage(isFieldValue(origin ?? ""), "origin", origin);
  checkUsage(areSubprotocols(subprotocols), "subprotocols", subprotocols);
  const key = encodeBase64(nonce);
  const fields = {
    Host: host,
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": key,
    "Sec-WebSocket-Version": "13",
    Origin: origin,
    "Sec-WebSocket-Protocol": subprotocols.join(", "),
    "Sec-WebSocket-Extensions": formatExtensions(extensions.flatMap((extension) => extension.offers)),
  };
  const reserved = origin === undefined ? HANDSHAKE_FIELDS : HANDSHAKE_FIELDS_AND_ORIGIN;
  return { bytes: encodeHead(`GET ${target} HTTP/1.1`, fields, headers, reserved), key };
}
