import {
  type ConnectOptions as CommonConnectOptions,
  connectWith,
  type WebSocketConnection,
} from "@samewire/connection";
import { dial, type WorkersTls } from "./sockets.ts";
import { workersRuntime } from "./workers-runtime.ts";

/** What `connect` takes: the same on every runtime, but that there are no Unix sockets, and of TLS only the name. */
export interface ConnectOptions extends Omit<CommonConnectOptions, "path" | "tls"> {
  readonly tls?: WorkersTls | undefined;
}

/**
 * Opens a connection to a `ws:` or `wss:` URL through `cloudflare:sockets`; on the hosted platform, too. It belongs to
 * the request, or the Durable Object, in which it was opened, and cannot be used from another.
 *
 * @throws UsageError (rejects) for what may not be sent; ConnectError for all else, a refusal by the server included
 */
export function connect(url: string | URL, options: ConnectOptions = {}): Promise<WebSocketConnection> {
  // Clients of one runtime share their timers; in workerd a timer is the request's that sets it, and ends with that.
  return connectWith(dial, url, options, { ...workersRuntime });
}
