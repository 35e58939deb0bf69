/** The cases of interop as a Worker: a request on the control socket runs them, and its answer is their report. */
import { env } from "cloudflare:workers";
import { connect } from "@samewire/workers";
import { runCases, type ServerUnderTest } from "../interop/cases.ts";
import { samewireClient } from "../interop/samewire-client.ts";

const { server } = env as { readonly server: string };

export default {
  async fetch(): Promise<Response> {
    const lines: string[] = [];
    // Which authority to trust is workerd's configuration.
    const open = samewireClient((url, { tls: _, ...options }) => connect(url, options), undefined);
    await runCases(open, JSON.parse(server) as ServerUnderTest, (line) => lines.push(line));
    return new Response(lines.join("\n"));
  },
};
