import { WebSocket } from "ws";
import { MAX_MESSAGE, parseSettings } from "../settings.ts";

const { port, connections } = parseSettings(process.argv[2]);
for (let made = 0; made < connections; made += 1) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { perMessageDeflate: false, maxPayload: MAX_MESSAGE });
  socket.on("error", () => {});
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
}
