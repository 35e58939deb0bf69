/** Three servers that hold idle connections: samewire's, workerd's own WebSocket, and a plain echo of bytes. */
import { env } from "cloudflare:workers";
import { serve } from "@samewire/workers";

const { mode } = env as { readonly mode: string };
const server = serve({
  origins: "any",
  message(socket, message) {
    socket.send(message);
  },
});

export const { Hub } = server;

export default {
  async connect(socket: Socket, bindings: unknown): Promise<void> {
    if (mode === "samewire") return server.connect(socket, bindings);
    await socket.readable.pipeTo(socket.writable);
  },
  fetch(): Response {
    const [client, own] = Object.values(new WebSocketPair()) as [WebSocket, WebSocket];
    own.accept();
    own.addEventListener("message", ({ data }) => own.send(data));
    return new Response(null, { status: 101, webSocket: client });
  },
};
