import { createServer, type Socket } from "node:net";
import { collectOnSignal } from "../collect-garbage.ts";
import { announce, parseSettings } from "../settings.ts";

// What plain TCP costs here: octets back as they come, and nothing else.
const { mode } = parseSettings(process.argv[2]);
const sockets = new Set<Socket>();
const server = createServer({ noDelay: true }, (socket) => {
  socket.on("error", () => {});
  if (mode === "echo") {
    socket.on("data", (chunk) => socket.write(chunk));
    return;
  }
  sockets.add(socket);
  socket.on("close", () => sockets.delete(socket));
  socket.on("data", (chunk) => {
    for (const receiver of sockets) receiver.write(chunk);
  });
});
server.listen({ host: "127.0.0.1", port: 0, backlog: 4096 }, () =>
  announce((server.address() as { port: number }).port),
);
collectOnSignal();
