import { parseSettings } from "./settings.ts";

// The `WebSocket` that Bun and Deno bring themselves.
const { port, connections } = parseSettings(process.argv[2]);
for (let made = 0; made < connections; made += 1) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
  socket.binaryType = "arraybuffer";
  socket.addEventListener("message", (event: MessageEvent) => socket.send(event.data as ArrayBuffer));
}
