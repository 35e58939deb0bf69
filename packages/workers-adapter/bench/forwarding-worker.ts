/** The same echo twice: in the Durable Object that connections are forwarded to, and in the handler that receives them. */
import { env } from "cloudflare:workers";
import { ServerCore, type ServerOptions } from "@samewire/connection";
import { serve } from "@samewire/workers";
import { accept } from "@samewire/workers/sockets";
import { workersRuntime } from "../src/workers-runtime.ts";

const { mode } = env as { readonly mode: string };
const options: ServerOptions<undefined> = {
  origins: "any",
  message(socket, message) {
    socket.send(message);
  },
};
const server = serve(options);

export const { Hub } = server;

export default {
  async connect(socket: Socket, bindings: unknown): Promise<void> {
    if (mode === "yes") return server.connect(socket, bindings);
    // A core per connection: without the hub they may not share their timers.
    const core = new ServerCore<undefined>(options, workersRuntime);
    return accept(socket, undefined, (port) => core.accept(port));
  },
};
