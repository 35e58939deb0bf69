import { makeServer, type Server, ServerCore, type ServerOptions } from "@samewire/connection";
import { serverUrl } from "@samewire/node-builtins";
import { denoRuntime } from "./deno-runtime.ts";
import { type ListenOptions, listen } from "./sockets.ts";

/** What `serve` takes: handlers and policy, the same on every runtime, and where Deno shall listen. */
export type ServeOptions<C = undefined> = ServerOptions<C> & ListenOptions;

/**
 * Serves WebSocket, and plain HTTP requests beside it, on a port or a Unix socket of its own. Needs `--allow-net`, for
 * a Unix socket `--allow-read` and `--allow-write` of its path besides.
 *
 * @throws UsageError (rejects) if an option is not what it must be; Deno's error where it cannot listen
 */
export async function serve<C = undefined>(options: ServeOptions<C>): Promise<Server<C>> {
  const core = new ServerCore<C>(options, denoRuntime);
  const { port, stop } = await listen(options, (socket) => core.accept(socket));
  return makeServer(core, { url: serverUrl(options, port), port, stop });
}
