import { WebSocket, WebSocketServer } from "ws";
import { collectOnSignal } from "../collect-garbage.ts";
import { announce, lookup, MAX_MESSAGE, parseSettings } from "../settings.ts";

const { handler, mode, deflate, level } = parseSettings(process.argv[2]);
const server = new WebSocketServer({
  host: "127.0.0.1",
  port: 0,
  maxPayload: MAX_MESSAGE,
  perMessageDeflate: deflate
    ? { threshold: 0, ...(level === undefined ? {} : { zlibDeflateOptions: { level } }) }
    : false,
});
server.on("connection", (socket) => {
  socket.on("error", () => {});
  if (mode !== "echo") {
    socket.on("message", (data, isBinary) => {
      for (const client of server.clients) {
        if (client.readyState === WebSocket.OPEN) client.send(data, { binary: isBinary });
      }
    });
  } else if (handler === "async") {
    socket.on("message", async (data, isBinary) => {
      await lookup();
      socket.send(data, { binary: isBinary });
    });
  } else {
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  }
});
server.on("listening", () => announce((server.address() as { port: number }).port));
collectOnSignal();
