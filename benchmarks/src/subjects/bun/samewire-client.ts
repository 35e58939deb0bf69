import { connect } from "@samewire/bun";
import { MAX_MESSAGE, parseSettings } from "../settings.ts";

const { port, connections } = parseSettings(process.argv[2]);
for (let made = 0; made < connections; made += 1) {
  await connect(`ws://127.0.0.1:${port}/`, {
    maxMessageSize: MAX_MESSAGE,
    message: (socket, message) => void socket.send(message),
  });
}
