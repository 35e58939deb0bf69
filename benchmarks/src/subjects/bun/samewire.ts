import { prepare, type Server, serve } from "@samewire/bun";
import { collectOnSignal } from "../collect-garbage.ts";
import { handlersFor } from "../samewire-handlers.ts";
import { announce, MAX_MESSAGE, parseSettings } from "../settings.ts";

const settings = parseSettings(process.argv[2]);
const server: Server<undefined> = await serve({
  host: "127.0.0.1",
  port: 0,
  maxMessageSize: MAX_MESSAGE,
  compression: settings.deflate ? { threshold: 0 } : false,
  ...handlersFor(settings, prepare, () => server),
});
announce(server.port);
collectOnSignal();
