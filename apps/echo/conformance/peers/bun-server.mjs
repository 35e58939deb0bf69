// Echo server on Bun's own `Bun.serve`: `bun bun-server.mjs --port N`. Prints one line once it listens.
import { echoServerPort } from "./arguments.mjs";

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: echoServerPort(),
  fetch: (request, own) => (own.upgrade(request) ? undefined : new Response("no upgrade\n", { status: 400 })),
  websocket: {
    maxPayloadLength: 64 * 1024 * 1024,
    backpressureLimit: 256 * 1024 * 1024,
    perMessageDeflate: true,
    message(socket, message) {
      socket.send(message, true);
    },
  },
});
console.log(`listening on ws://127.0.0.1:${server.port}`);
