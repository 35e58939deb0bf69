// Self-driving echo client on the npm package `ws`. The suite's URL is the last argument.
import WebSocket from "ws";
import { runCases } from "./loop.mjs";

const OPTIONS = { maxPayload: 64 * 1024 * 1024, perMessageDeflate: { threshold: 0 } };

/** @param {string} url @returns {Promise<void>} */
function echo(url) {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, ["chat.v1"], OPTIONS);
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }, () => {}));
    socket.on("error", () => {});
    socket.on("close", () => resolve());
  });
}

/** @param {string} url @returns {Promise<string>} */
function ask(url) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.on("message", (data) => resolve(data.toString()));
    socket.on("error", reject);
  });
}

await runCases(process.argv.at(-1) ?? "", echo, ask);
process.exit(0);
