import {
  type ConnectOptions as CommonConnectOptions,
  connectWith,
  type WebSocketConnection,
} from "@samewire/connection";
import { denoRuntime } from "./deno-runtime.ts";
import { type DenoTls, dial } from "./sockets.ts";

/** What `connect` takes: the same on every runtime, but for `tls.native`. */
export interface ConnectOptions extends CommonConnectOptions {
  readonly tls?: DenoTls | undefined;
}

/**
 * Opens a connection to a `ws:` or `wss:` URL. Needs `--allow-net` for its host; for a Unix socket `--allow-read` and
 * `--allow-write` of its path besides.
 *
 * @throws UsageError (rejects) for what may not be sent; ConnectError for all else, a refusal by the server included
 */
export function connect(url: string | URL, options: ConnectOptions = {}): Promise<WebSocketConnection> {
  return connectWith(dial, url, options, denoRuntime);
}
