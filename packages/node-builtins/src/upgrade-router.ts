import type { Server as HttpServer, IncomingMessage } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Duplex } from "node:stream";
import { HandshakeError, type HeadLimits, type RequestHead, requestHeadFromRaw } from "@samewire/codec";
import { type Clock, type Runtime, refuse, ServerCore } from "@samewire/connection";
import { afterResponses, ignoreError } from "./after-responses.ts";
import type { StreamSocket } from "./stream-socket.ts";

/** A server of `node:http` or `node:https`, or of a framework that stands on one. */
export type UpgradableServer = HttpServer | HttpsServer;

/** What an `upgrade` whose path no endpoint claims becomes. */
export type Unmatched = "refuse" | "leave";

/** Those of an endpoint's settings that the router applies before its server takes over. */
interface EndpointSettings extends HeadLimits {
  readonly handshakeTimeout: number;
}

/** One `attach` on a server. */
export interface Endpoint {
  readonly matches: (path: string) => boolean;
  readonly unmatched: Unmatched | undefined;
  readonly core: { readonly upgrade: ServerCore<unknown>["upgrade"]; readonly settings: EndpointSettings };
}

/** Makes the Socket port over the stream of an upgrade, and takes it over. */
export type ToSocket = (stream: Duplex) => StreamSocket;

const routers = new WeakMap<UpgradableServer, UpgradeRouter>();

/** The one `upgrade` listener of a server, whatever the number of endpoints on it: no request is upgraded twice. */
export class UpgradeRouter {
  readonly #server: UpgradableServer;
  readonly #clock: Clock;
  readonly #toSocket: ToSocket;
  readonly #endpoints: Endpoint[] = [];
  /** Answers what nobody wants; it has no connections. */
  readonly #nobody: ServerCore<undefined>;

  /** The router of a server; made by the first endpoint. */
  static of(server: UpgradableServer, runtime: Runtime, toSocket: ToSocket): UpgradeRouter {
    let router = routers.get(server);
    if (router === undefined) {
      router = new UpgradeRouter(server, runtime, toSocket);
      routers.set(server, router);
    }
    return router;
  }

  private constructor(server: UpgradableServer, runtime: Runtime, toSocket: ToSocket) {
    this.#server = server;
    this.#clock = runtime.clock;
    this.#toSocket = toSocket;
    this.#nobody = new ServerCore<undefined>(
      { origins: "any", upgrade: () => refuse(404, {}, "No WebSocket endpoint has this path.\n") },
      runtime,
    );
  }

  add(endpoint: Endpoint): void {
    if (this.#endpoints.length === 0) this.#server.on("upgrade", this.#onUpgrade);
    this.#endpoints.push(endpoint);
  }

  remove(endpoint: Endpoint): void {
    const index = this.#endpoints.indexOf(endpoint);
    if (index < 0) return;
    this.#endpoints.splice(index, 1);
    if (this.#endpoints.length === 0) this.#server.off("upgrade", this.#onUpgrade);
  }

  readonly #onUpgrade = (request: IncomingMessage, stream: Duplex, head: Uint8Array): void => {
    const { method = "", url = "/", httpVersion, rawHeaders } = request;
    // The host's parser is lenient where the RFC is not: its raw header lines are judged again.
    const parsed = requestHeadFromRaw(method, url, httpVersion, rawHeaders);
    // A target that is a whole URI has its path in it (RFC 9112 section 3.2.2).
    const { target } = parsed instanceof HandshakeError ? { target: url } : parsed;
    const { endpoint, failed } = this.#claimant(target.split("?", 1)[0] as string);
    if (endpoint === undefined && !this.#refusesUnmatched()) {
      // The host has let go of the stream because we listen: where nobody takes it, its reset must not end the process.
      stream.on("error", ignoreError);
      return;
    }
    // What came after the head is a piece of the parser's own buffer.
    const rest = new Uint8Array(head);
    const core = endpoint?.core ?? this.#nobody;
    afterResponses(stream, this.#clock, core.settings.handshakeTimeout, () => {
      const socket = this.#toSocket(stream);
      (stream as { setTimeout?: (milliseconds: number) => void }).setTimeout?.(0);
      (stream as { setNoDelay?: (on: boolean) => void }).setNoDelay?.(true);
      socket.start(core.upgrade(withinLimits(parsed, request, core.settings), rest, socket, failed));
    });
  };

  /** Whose upgrade it is. An endpoint whose function throws has claimed it, and answers for that. */
  #claimant(path: string): { endpoint?: Endpoint; failed?: { error: unknown } } {
    for (const endpoint of this.#endpoints) {
      try {
        if (endpoint.matches(path)) return { endpoint };
      } catch (error) {
        return { endpoint, failed: { error } };
      }
    }
    return {};
  }

  /** By default, what nobody claims is left to the server's other listeners, and refused where there is none. */
  #refusesUnmatched(): boolean {
    if (this.#endpoints.some(({ unmatched }) => unmatched === "refuse")) return true;
    if (this.#endpoints.some(({ unmatched }) => unmatched === "leave")) return false;
    return this.#server.listenerCount("upgrade") === 1;
  }
}

/** The head, or the fault that `serve` finds in the same one: the host has limits of its own, and not the endpoint's. */
function withinLimits(
  parsed: RequestHead | HandshakeError,
  { method = "", url = "", rawHeaders }: IncomingMessage,
  { maxHeadSize, maxHeaders }: HeadLimits,
): RequestHead | HandshakeError {
  if (parsed instanceof HandshakeError) return parsed;
  if (rawHeaders.length / 2 > maxHeaders) return new HandshakeError("too-many-headers", `${maxHeaders}`);
  // Two bytes follow each name and each value: `: ` and CR LF.
  const fields = rawHeaders.reduce((size, text) => size + text.length + 2, 0);
  const size = `${method} ${url} HTTP/1.1\r\n\r\n`.length + fields;
  return size > maxHeadSize ? new HandshakeError("head-too-large", `${maxHeadSize} bytes`) : parsed;
}
