import { connect } from "@samewire/bun";
import { MAX_MESSAGE, parseSettings } from "../settings.ts";

const { port, connections } = parseSettings(process.argv[2]);

async function echo(): Promise<void> {
  const socket = await connect(`ws://127.0.0.1:${port}/`, { maxMessageSize: MAX_MESSAGE });
  for await (const message of socket) socket.send(message);
}
for (let made = 0; made < connections; made += 1) void echo();
