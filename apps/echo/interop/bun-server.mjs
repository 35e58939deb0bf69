/** The echo server's paths on Bun's own `Bun.serve`. */
import { closedFor, closes, closingOf, MAX_MESSAGE, REFUSAL, tlsOf } from "./endpoints.mjs";

const tls = tlsOf(process.argv);
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  tls,
  fetch(request, own) {
    const { pathname, search } = new URL(request.url);
    if (pathname === "/refused") return new Response(REFUSAL, { status: 401 });
    if (own.upgrade(request, { data: pathname + search })) return undefined;
    return new Response("no upgrade\n", { status: 400 });
  },
  websocket: {
    maxPayloadLength: MAX_MESSAGE,
    backpressureLimit: 4 * MAX_MESSAGE,
    perMessageDeflate: true,
    close: (_socket, code, reason) => void closes.set(reason, code),
    message(socket, message) {
      const closing = closingOf(socket.data);
      if (closing !== undefined) socket.close(closing.code, closing.reason);
      else if (socket.data === "/closes") socket.send(closedFor(String(message)));
      else socket.send(message, true);
    },
  },
});
console.log(`listening on ${tls === undefined ? "ws" : "wss"}://127.0.0.1:${server.port}`);
