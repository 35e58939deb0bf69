/** The echo server's paths on Deno's own `Deno.serve` and `Deno.upgradeWebSocket`. */
import { closedFor, closes, closingOf, REFUSAL, tlsOf } from "./endpoints.mjs";

const tls = tlsOf(Deno.args);
const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {}, ...tls }, (request) => {
  const { pathname, search } = new URL(request.url);
  if (pathname === "/refused") return new Response(REFUSAL, { status: 401 });
  if (request.headers.get("upgrade") !== "websocket") return new Response("no upgrade\n", { status: 400 });
  const { socket, response } = Deno.upgradeWebSocket(request);
  const closing = closingOf(pathname + search);
  socket.binaryType = "arraybuffer";
  socket.onerror = () => {};
  socket.onclose = ({ code, reason }) => closes.set(reason, code);
  socket.onmessage = ({ data }) => {
    if (closing !== undefined) socket.close(closing.code, closing.reason);
    else if (pathname === "/closes") socket.send(closedFor(String(data)));
    else socket.send(data);
  };
  return response;
});
console.log(`listening on ${tls === undefined ? "ws" : "wss"}://127.0.0.1:${server.addr.port}`);
