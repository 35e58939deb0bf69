import { connect } from "@samewire/deno";
import { MAX_MESSAGE, parseSettings } from "../settings.ts";

const { port, connections } = parseSettings(Deno.args[0]);
for (let made = 0; made < connections; made += 1) {
  await connect(`ws://127.0.0.1:${port}/`, {
    maxMessageSize: MAX_MESSAGE,
    message: (socket, message) => void socket.send(message),
  });
}
