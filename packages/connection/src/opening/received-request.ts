/** What `upgrade` and `request` are given, made from a request head. */
import type { HeaderFields, RequestHead } from "@samewire/codec";
import type { OpeningRequest } from "../server-handlers.ts";
import type { PeerInfo } from "../socket.ts";

/** A class for the sake of its getter: in an object literal it would cost a kilobyte for each request. */
export class ReceivedRequest implements OpeningRequest {
  readonly method: string;
  readonly target: string;
  readonly path: string;
  readonly query: string;
  readonly host: string;
  readonly origin: string | null;
  readonly headers: HeaderFields;
  readonly subprotocols: readonly string[];
  readonly peer: PeerInfo;
  readonly #signal: () => AbortSignal;

  constructor(head: RequestHead, subprotocols: readonly string[], peer: PeerInfo, signal: () => AbortSignal) {
    const { method, target, headers, authority = headers.get("host") ?? "" } = head;
    const mark = target.indexOf("?");
    this.method = method;
    this.target = target;
    this.path = mark < 0 ? target : target.slice(0, mark);
    this.query = mark < 0 ? "" : target.slice(mark + 1);
    this.host = authority;
    this.origin = headers.get("origin");
    this.headers = headers;
    this.subprotocols = subprotocols;
    this.peer = peer;
    this.#signal = signal;
  }

  get signal(): AbortSignal {
    return this.#signal();
  }
}
