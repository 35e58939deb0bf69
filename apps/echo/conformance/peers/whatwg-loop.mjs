// Self-driving echo client on a WHATWG `WebSocket`: the runtime's own (Bun, Deno), or undici's with `undici` as the first argument.
// The suite's URL is the last argument.
import process from "node:process";
import { runCases } from "./loop.mjs";

/** A client that never says how a connection ended is not waited for longer than this, in milliseconds. */
const LONGEST_CASE = 45_000;

const Client = process.argv.includes("undici") ? (await import("undici")).WebSocket : WebSocket;

/** @param {string} url @returns {Promise<void>} */
function echo(url) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, LONGEST_CASE);
    const socket = new Client(url, ["chat.v1"]);
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => {
      if (socket.readyState === 1) socket.send(data);
    };
    socket.onerror = () => {};
    socket.onclose = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

/** @param {string} url @returns {Promise<string>} */
function ask(url) {
  return new Promise((resolve, reject) => {
    const socket = new Client(url);
    socket.onmessage = ({ data }) => resolve(String(data));
    socket.onerror = () => reject(new Error(`no answer at ${url}`));
  });
}

await runCases(process.argv.at(-1) ?? "", echo, ask);
process.exit(0);
