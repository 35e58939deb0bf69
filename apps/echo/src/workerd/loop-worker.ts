/** The self-driving client as a Worker: a request on the control socket makes it run every case, and is answered after the last. */
import { env } from "cloudflare:workers";
import { connect } from "@samewire/workers";
import { runCases } from "../loop.ts";

const { url } = env as { readonly url: string };

export default {
  async fetch(): Promise<Response> {
    await runCases(connect, url);
    return new Response("done");
  },
};
