import { collectOnSignal } from "../collect-garbage.ts";
import { announce, lookup, parseSettings } from "../settings.ts";

const { handler, mode } = parseSettings(Deno.args[0]);
const sockets = new Set<WebSocket>();
Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: ({ port }) => announce(port) }, (request) => {
  // No keepalive, as with the others: a Ping amid the echoes would be counted against it.
  const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 0 });
  socket.binaryType = "arraybuffer";
  if (mode !== "echo") {
    socket.onopen = () => sockets.add(socket);
    socket.onclose = () => sockets.delete(socket);
    socket.onmessage = (event) => {
      for (const receiver of sockets) receiver.send(event.data);
    };
  } else if (handler === "async") {
    socket.onmessage = async (event) => {
      await lookup();
      socket.send(event.data);
    };
  } else {
    socket.onmessage = (event) => socket.send(event.data);
  }
  socket.onerror = () => {};
  return response;
});
collectOnSignal();
