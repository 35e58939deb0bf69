/** The echo client as a Worker: a request on the control socket makes it connect, and is answered when all is over. */
import { env } from "cloudflare:workers";
import { connect } from "@samewire/workers";
import { echoSettings, echoUntilClosed } from "../echo.ts";

const { url, deflate } = env as { readonly url: string; readonly deflate: string };

export default {
  async fetch(): Promise<Response> {
    try {
      const socket = await connect(url, echoSettings(deflate === "on"));
      await echoUntilClosed(socket).catch(() => {});
      return new Response("closed");
    } catch (error) {
      return new Response((error as Error).message, { status: 502 });
    }
  },
};
