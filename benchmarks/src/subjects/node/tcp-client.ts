import { connect } from "node:net";
import { parseSettings } from "../settings.ts";

const { port, connections } = parseSettings(process.argv[2]);
for (let made = 0; made < connections; made += 1) {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  socket.on("error", () => {});
  socket.on("data", (chunk) => socket.write(chunk));
}
