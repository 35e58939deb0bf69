/** What `upgrade` and `request` are given, made from a request head. */
import type { RequestHead } from "@samewire/codec";
import type { OpeningRequest } from "../server-handlers.ts";
import type { PeerInfo } from "../socket.ts";

export function openingRequest(
  head: RequestHead,
  subprotocols: readonly string[],
  peer: PeerInfo,
  signal: () => AbortSignal,
): OpeningRequest {
  const { method, target, headers } = head;
  const mark = target.indexOf("?");
  return {
    method,
    target,
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? "" : target.slice(mark + 1),
    host: headers.get("host") ?? "",
    origin: headers.get("origin"),
    headers,
    subprotocols,
    peer,
    get signal() {
      return signal();
    },
  };
}
