/** The echo server's paths on the npm package `ws`. */
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { WebSocketServer } from "ws";
import { closedFor, closes, closingOf, MAX_MESSAGE, REFUSAL, tlsOf } from "./endpoints.mjs";

const tls = tlsOf(process.argv);
const server = tls === undefined ? createServer() : createTlsServer(tls);
const own = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE, perMessageDeflate: { threshold: 0 } });

/** @param {Buffer} data @param {boolean} binary @param {import("ws").WebSocket} socket */
function sendFragments(data, binary, socket) {
  const cut = Math.floor(data.length / 3);
  socket.send(data.subarray(0, cut), { binary, fin: false });
  socket.send(data.subarray(cut, 2 * cut), { binary, fin: false });
  socket.ping("between");
  socket.send(data.subarray(2 * cut), { binary, fin: true });
}

server.on("upgrade", (request, stream, head) => {
  const target = request.url ?? "/";
  if (target === "/refused") {
    stream.end(`HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: ${REFUSAL.length}\r\n\r\n${REFUSAL}`);
    return;
  }
  own.handleUpgrade(request, stream, head, (socket) => {
    const closing = closingOf(target);
    socket.on("error", () => {});
    socket.on("close", (code, reason) => closes.set(String(reason), code));
    socket.on("message", (/** @type {Buffer} */ data, binary) => {
      if (closing !== undefined) socket.close(closing.code, closing.reason);
      else if (target === "/closes") socket.send(closedFor(String(data)));
      else if (target === "/fragments") sendFragments(data, binary, socket);
      else socket.send(data, { binary });
    });
  });
});
server.listen(0, "127.0.0.1", () => {
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  console.log(`listening on ${tls === undefined ? "ws" : "wss"}://127.0.0.1:${port}`);
});
