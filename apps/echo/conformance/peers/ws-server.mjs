// Echo server on the npm package `ws`: `node ws-server.mjs --port N`. Prints one line once it listens.
import { WebSocketServer } from "ws";
import { echoServerPort } from "./arguments.mjs";

const MAX_MESSAGE = 64 * 1024 * 1024;
const server = new WebSocketServer({
  host: "127.0.0.1",
  port: echoServerPort(),
  maxPayload: MAX_MESSAGE,
  perMessageDeflate: { threshold: 0 },
});
server.on("connection", (socket) => {
  socket.on("error", () => {});
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
});
server.on("listening", () => {
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  console.log(`listening on ws://127.0.0.1:${port}`);
});
