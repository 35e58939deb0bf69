import { collectOnSignal } from "../collect-garbage.ts";
import { announce, lookup, MAX_MESSAGE, parseSettings } from "../settings.ts";

const { handler, mode, deflate } = parseSettings(process.argv[2]);
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch(request, self) {
    return self.upgrade(request) ? undefined : new Response("upgrade refused", { status: 400 });
  },
  websocket: {
    maxPayloadLength: MAX_MESSAGE,
    perMessageDeflate: deflate,
    // No keepalive, as with the others: a Ping amid the echoes would be counted against it.
    idleTimeout: 0,
    sendPings: false,
    open(socket) {
      if (mode !== "echo") socket.subscribe("all");
    },
    message:
      mode !== "echo"
        ? (_socket, message) => {
            server.publish("all", message);
          }
        : handler === "async"
          ? async (socket, message) => {
              await lookup();
              socket.send(message, deflate);
            }
          : (socket, message) => {
              socket.send(message, deflate);
            },
  },
});
announce(server.port as number);
collectOnSignal();
