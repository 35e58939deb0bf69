import { CaseFailure } from "./case-failure.ts";
import type { OpenOptions, Peer } from "./peer.ts";
import { acceptKey, freshKey } from "./wire/accept-key.ts";
import { encodeHead, fieldList, fieldValues, type HttpHead, isToken, parseHead, statusOf } from "./wire/http-head.ts";

/** The fields of a good request (RFC 6455 4.1); cases replace and remove some to make bad ones. */
export function requestFields(peer: Peer, key: string, options: OpenOptions = {}): (readonly [string, string])[] {
  return [
    ["Host", peer.target.authority],
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Key", key],
    ["Sec-WebSocket-Version", "13"],
    ...(options.subprotocol === undefined ? [] : [["Sec-WebSocket-Protocol", options.subprotocol] as const]),
    ...(options.extensions === undefined ? [] : [["Sec-WebSocket-Extensions", options.extensions] as const]),
    ...Object.entries(peer.settings.testee.headers),
    ...(options.fields ?? []),
  ];
}

/** The fields of a good response to `key` (RFC 6455 4.2.2). */
export function responseFields(key: string, options: OpenOptions = {}): (readonly [string, string])[] {
  return [
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Accept", acceptKey(key)],
    ...(options.subprotocol === undefined ? [] : [["Sec-WebSocket-Protocol", options.subprotocol] as const]),
    ...(options.extensions === undefined ? [] : [["Sec-WebSocket-Extensions", options.extensions] as const]),
    ...(options.fields ?? []),
  ];
}

/** Server role: sends a good request and requires a good 101 (RFC 6455 4.1). */
export async function openAsClient(peer: Peer, options: OpenOptions = {}): Promise<void> {
  const key = freshKey();
  const head = encodeHead(`GET ${peer.target.resource} HTTP/1.1`, requestFields(peer, key, options));
  peer.request = parseHead(head);
  await peer.sendHead(head);
  await requireUpgrade(peer, key);
}

/** Server role: reads the response and throws {@link CaseFailure} unless it is a 101 that RFC 6455 4.1 lets a client accept. */
export async function requireUpgrade(peer: Peer, key: string): Promise<void> {
  const head = await peer.readHead();
  if (head === undefined) throw new CaseFailure("the server closed without answering a good opening handshake");
  peer.response = head;
  checkUpgrade(head, key);
}

/** Throws {@link CaseFailure} unless the response to `key` is a good 101 (RFC 6455 4.2.2 and 4.1). */
export function checkUpgrade(head: HttpHead, key: string): void {
  const status = statusOf(head);
  if (status !== 101) throw new CaseFailure(`a good opening handshake was answered with "${head.startLine}"`);
  const upgrade = fieldList(head, "upgrade");
  if (upgrade.length !== 1 || upgrade[0]?.toLowerCase() !== "websocket") {
    throw new CaseFailure(`the 101 has Upgrade: ${upgrade.join(", ") || "(none)"} (RFC 6455 4.2.2)`);
  }
  if (!fieldList(head, "connection").some((token) => token.toLowerCase() === "upgrade")) {
    throw new CaseFailure("the 101 has no Connection: Upgrade (RFC 6455 4.2.2)");
  }
  const accept = fieldValues(head, "sec-websocket-accept");
  if (accept.length !== 1 || accept[0] !== acceptKey(key)) {
    throw new CaseFailure(
      `Sec-WebSocket-Accept is ${accept.join(", ") || "(none)"}, not ${acceptKey(key)} (RFC 6455 4.2.2)`,
    );
  }
}

/**
 * Client role: the options of an answer that every client can accept. RFC 6455 lets a server choose none of the subprotocols that were
 * offered, but a client after the WHATWG standard fails then; so the first one is chosen unless `options` says otherwise. What is no
 * token is not chosen: that it was offered is seen in the case made for it (CH-30.8).
 */
export function answerOptions(peer: Peer, options: OpenOptions = {}): OpenOptions {
  const offered = peer.request === undefined ? [] : fieldList(peer.request, "sec-websocket-protocol");
  const first = offered.find(isToken);
  return first === undefined ? options : { subprotocol: first, ...options };
}

/** Client role: answers the client's request, which {@link Peer.request} holds, with a good 101. */
export async function openAsServer(peer: Peer, options: OpenOptions = {}): Promise<void> {
  const fields = responseFields(clientKey(peer), answerOptions(peer, options));
  const head = encodeHead("HTTP/1.1 101 Switching Protocols", fields);
  peer.response = parseHead(head);
  await peer.sendHead(head);
}

/** Client role: the key of the client's request; throws {@link CaseFailure} if there is not exactly one. */
export function clientKey(peer: Peer): string {
  const keys = peer.request === undefined ? [] : fieldValues(peer.request, "sec-websocket-key");
  const [key] = keys;
  if (key === undefined || keys.length > 1) {
    throw new CaseFailure(`the client's request has ${keys.length} Sec-WebSocket-Key fields (RFC 6455 4.1)`);
  }
  return key;
}
