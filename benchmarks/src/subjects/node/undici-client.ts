import { WebSocket } from "undici";
import { parseSettings } from "../settings.ts";

const { port, connections } = parseSettings(process.argv[2]);
for (let made = 0; made < connections; made += 1) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
  socket.binaryType = "arraybuffer";
  socket.addEventListener("error", () => {});
  socket.addEventListener("message", (event) => socket.send(event.data as ArrayBuffer));
}
