/** The echo server as a Worker: bundled into one module, whose `connect` takes the TCP socket of the configuration. */
import { env } from "cloudflare:workers";
import { serve } from "@samewire/workers";
import { echoServer } from "../echo.ts";

const { deflate, drainDeadline } = env as { readonly deflate: string; readonly drainDeadline: string };
const server = serve(echoServer(deflate === "on"));

export const { Hub } = server;

export default {
  ...server,
  /** The control socket: any request drains the server and is answered with the report. */
  async fetch(): Promise<Response> {
    return Response.json(await server.hub(env).drain({ deadline: Number(drainDeadline) }));
  },
};
