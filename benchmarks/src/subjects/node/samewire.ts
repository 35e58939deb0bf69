import { MemoryBudget, prepare, type Server, serve } from "@samewire/node";
import { collectOnSignal } from "../collect-garbage.ts";
import { handlersFor } from "../samewire-handlers.ts";
import { announce, MAX_MESSAGE, parseSettings } from "../settings.ts";

// Without the bound on the memory of a process, which the peers do not have: all connections agree on the same.
const DEFLATE = { threshold: 0, budget: new MemoryBudget(Number.MAX_SAFE_INTEGER) };

const settings = parseSettings(process.argv[2]);
const server: Server<undefined> = await serve({
  host: "127.0.0.1",
  port: 0,
  maxMessageSize: MAX_MESSAGE,
  compression: settings.deflate ? DEFLATE : false,
  ...handlersFor(settings, prepare, () => server),
});
announce(server.port);
collectOnSignal();
