/** The `WebSocket` that Bun and Deno bring. Bun takes the authority to trust as an option, Deno from its command line. */
import { runClient } from "./run-client.ts";
import { type WhatwgSocket, whatwgClient } from "./whatwg-client.ts";

type Constructor = new (url: string, options?: unknown) => WhatwgSocket;

const Own = (globalThis as unknown as { readonly WebSocket: Constructor }).WebSocket;

await runClient((ca) =>
  whatwgClient((url) => ("bun" in process.versions ? new Own(url, { tls: { ca } }) : new Own(url))),
);
