// Echo client on the npm package `ws`: `node ws-client.mjs URL` echoes until the server closes.
import WebSocket from "ws";

const socket = new WebSocket(process.argv[2], { maxPayload: 64 * 1024 * 1024, perMessageDeflate: { threshold: 0 } });
socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
socket.on("error", (error) => {
  console.error(error.message);
  process.exitCode = 1;
});
