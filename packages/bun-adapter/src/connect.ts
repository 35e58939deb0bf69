import {
  type ConnectOptions as CommonConnectOptions,
  connectWith,
  type WebSocketConnection,
} from "@samewire/connection";
import { bunRuntime } from "./bun-runtime.ts";
import { type BunTls, dial } from "./sockets.ts";

/** What `connect` takes: the same on every runtime, but for `tls.native`. */
export interface ConnectOptions extends CommonConnectOptions {
  readonly tls?: BunTls | undefined;
}

/**
 * Opens a connection to a `ws:` or `wss:` URL, with `path` through a Unix socket.
 *
 * @throws UsageError (rejects) for what may not be sent; ConnectError for all else, a refusal by the server included
 */
export function connect(url: string | URL, options: ConnectOptions = {}): Promise<WebSocketConnection> {
  return connectWith(dial, url, options, bunRuntime);
}
