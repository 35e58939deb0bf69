import { Agent, WebSocket } from "undici";
import { runClient } from "./run-client.ts";
import { whatwgClient } from "./whatwg-client.ts";

await runClient((ca) => {
  const dispatcher = new Agent({ connect: { ca } });
  return whatwgClient((url) => new WebSocket(url, { dispatcher }));
});
