/** The server's side of the opening handshake (RFC 6455 section 4.2). */
import { isBase64Of16Bytes } from "../bytes/base64.ts";
import { checkUsage, HandshakeError, type HandshakeErrorCode } from "../errors.ts";
import type { ExtensionOffer } from "../extensions/extension.ts";
import { acceptKey } from "./accept-key.ts";
import { encodeHead, HANDSHAKE_FIELDS } from "./encode-head.ts";
import type { HeaderFields, HeaderInit } from "./header-fields.ts";
import { formatExtensions, listHas, parseExtensions, parseSubprotocols } from "./header-values.ts";
import type { RequestHead } from "./http-head.ts";
import { isAuthority } from "./start-line.ts";

/** A request for a WebSocket connection that keeps every rule of section 4.2.1. */
export interface UpgradeRequest {
  readonly method: "GET";
  /** The resource name: path and query (section 3). */
  readonly target: string;
  readonly headers: HeaderFields;
  /** Host and port that the client addressed, from the target where that has them, else from Host. */
  readonly host: string;
  /** The Origin header; null where a client other than a browser sends none. Several lines are joined by `", "`. */
  readonly origin: string | null;
  /** Sec-WebSocket-Key as received. */
  readonly key: string;
  /** What the client offers, in its order of preference. */
  readonly subprotocols: readonly string[];
  /** What the client offers, in its order of preference. */
  readonly extensions: readonly ExtensionOffer[];
}

/** What a request turns out to be. */
export type RequestVerdict =
  | { readonly kind: "upgrade"; readonly request: UpgradeRequest }
  /** Plain HTTP, to be answered and closed; `hasBody` tells that a body follows, which nothing here reads. */
  | { readonly kind: "http"; readonly request: RequestHead; readonly hasBody: boolean }
  /** To be answered with the error's status and headers, and closed: nothing after the head is HTTP or frames. */
  | { readonly kind: "refused"; readonly error: HandshakeError };

function refused(code: HandshakeErrorCode, detail?: string): RequestVerdict {
  return { kind: "refused", error: new HandshakeError(code, detail) };
}

/**
 * Decides what a request is. One that names `websocket` in Upgrade, or has a header that only this handshake uses, must
 * keep every rule; any other, such as an upgrade to `h2c`, is plain HTTP, for which ignoring Upgrade is right
 * (RFC 9110 section 7.8).
 */
export function examineRequest(head: RequestHead): RequestVerdict {
  const { headers, method, version } = head;
  const wantsWebSocket = listHas(headers.get("upgrade"), "websocket");
  const wantsUpgrade = wantsWebSocket || headers.has("sec-websocket-key") || headers.has("sec-websocket-version");
  if (wantsUpgrade && version === "1.0") return refused("http-version", version);
  // HTTP/1.0 knows no Host; what is there must be right. Several lines joined have a blank, which none may have.
  const host = headers.get("host") ?? "";
  if (!isAuthority(host) && (version !== "1.0" || headers.has("host"))) return refused("host");
  const length = headers.get("content-length") ?? "0";
  if (!/^\d+$/.test(length)) return refused("content-length");
  const hasBody = headers.has("transfer-encoding") || Number(length) > 0;
  if (!wantsUpgrade) return { kind: "http", request: head, hasBody };

  if (method !== "GET") return refused("method", method);
  if (hasBody) return refused("request-body");
  if (!wantsWebSocket) return refused("upgrade");
  if (!listHas(headers.get("connection"), "upgrade")) return refused("connection");
  // Before the key: a client of another version may have none.
  const versions = headers.getAll("sec-websocket-version");
  if (versions.length !== 1) return refused("version-missing");
  if (versions[0] !== "13") return refused("version-unsupported", versions[0]);
  const key = headers.get("sec-websocket-key") ?? "";
  if (!isBase64Of16Bytes(key)) return refused("key");
  const subprotocols = parseSubprotocols(headers.get("sec-websocket-protocol"));
  if (subprotocols === undefined) return refused("subprotocols");
  const extensions = parseExtensions(headers.get("sec-websocket-extensions"));
  if (extensions === undefined) return refused("extensions");
  const { target, authority = host } = head;
  const origin = headers.get("origin");
  return {
    kind: "upgrade",
    request: { method, target, headers, host: authority, origin, key, subprotocols, extensions },
  };
}

/** What a server agrees to. */
export interface AcceptOptions {
  /** One of the subprotocols that the client offered; none by default. */
  readonly subprotocol?: string | undefined;
  /** The extensions in use, as {@link ExtensionOffer}s with the agreed parameters. */
  readonly extensions?: readonly ExtensionOffer[] | undefined;
  /** Header fields to add, for example `Set-Cookie`. */
  readonly headers?: HeaderInit | undefined;
}

/**
 * The 101 response (section 4.2.2 (5)), with its lines in this order: status, Upgrade, Connection,
 * Sec-WebSocket-Accept, Sec-WebSocket-Protocol, Sec-WebSocket-Extensions, then the added fields.
 *
 * @returns bytes that are the caller's
 * @throws UsageError for a subprotocol that was not offered, and for a header that cannot be sent or is not the caller's
 */
export function encodeAccept(request: UpgradeRequest, options: AcceptOptions = {}): Uint8Array {
  const { subprotocol, extensions = [], headers = [] } = options;
  const offered = subprotocol === undefined || request.subprotocols.includes(subprotocol);
  checkUsage(offered, "subprotocol-not-offered", subprotocol);
  const fields = {
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Accept": acceptKey(request.key),
    "Sec-WebSocket-Protocol": subprotocol,
    "Sec-WebSocket-Extensions": formatExtensions(extensions),
  };
  return encodeHead("HTTP/1.1 101 Switching Protocols", fields, headers, HANDSHAKE_FIELDS);
}
