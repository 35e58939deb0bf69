import { makeServer, type Server, ServerCore, type ServerOptions } from "@samewire/connection";
import { serverUrl } from "@samewire/node-builtins";
import { bunRuntime } from "./bun-runtime.ts";
import { type ListenOptions, listen } from "./sockets.ts";

/** What `serve` takes: handlers and policy, the same on every runtime, and where Bun shall listen. */
export type ServeOptions<C = undefined> = ServerOptions<C> & ListenOptions;

/**
 * Serves WebSocket, and plain HTTP requests beside it, on a port or a Unix socket of its own.
 *
 * @throws UsageError (rejects) if an option is not what it must be; Bun's error where it cannot listen
 */
export async function serve<C = undefined>(options: ServeOptions<C>): Promise<Server<C>> {
  const core = new ServerCore<C>(options, bunRuntime);
  const { port, stop } = await listen(options, (socket) => core.accept(socket));
  return makeServer(core, { url: serverUrl(options, port), port, stop });
}
