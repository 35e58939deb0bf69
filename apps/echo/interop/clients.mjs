import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { runtimePath } from "../../../scripts/runtimes.mjs";

/** @param {string} path */
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** @type {Readonly<Record<string, readonly string[]>>} */
const commands = {
  node: [runtimePath("node"), here("../dist/interop/node-client.js")],
  bun: [runtimePath("bun"), here("../dist/interop/bun-client.js")],
  deno: [runtimePath("deno"), "run", "--allow-all", here("../dist/interop/deno-client.js")],
  workerd: [runtimePath("node"), here("./workerd-client.mjs")],
  ws: [runtimePath("node"), here("../dist/interop/ws-client.js")],
  undici: [runtimePath("node"), here("../dist/interop/undici-client.js")],
  "Bun's WebSocket": [runtimePath("bun"), here("../dist/interop/own-client.js")],
  "Deno's WebSocket": [runtimePath("deno"), "run", "--allow-all", here("../dist/interop/own-client.js")],
};

export const clientNames = Object.keys(commands);

/** All cases of one client together may take so long. */
const PATIENCE = 180_000;

/**
 * Runs all cases of a client against a server.
 *
 * @param {string} name
 * @param {import("../src/interop/cases.ts").ServerUnderTest} server
 * @param {string} ca a file in PEM: the authority to trust
 * @returns {Promise<[name: string, outcome: string, why: string][]>}
 */
export async function runClient(name, server, ca) {
  const [file = "", ...args] = commands[name] ?? [];
  // Deno takes authorities for its own WebSocket from the environment only.
  const env = { ...process.env, DENO_CERT: ca };
  const child = spawn(file, [...args, JSON.stringify(server), ca], { stdio: ["ignore", "pipe", "inherit"], env });
  const kill = () => child.kill("SIGKILL");
  process.on("exit", kill);
  const timer = setTimeout(kill, PATIENCE);
  let said = "";
  child.stdout.on("data", (chunk) => {
    said += chunk;
  });
  const status = await new Promise((resolve) => child.once("close", (code, signal) => resolve(code ?? signal)));
  clearTimeout(timer);
  process.off("exit", kill);
  const lines = said
    .split("\n")
    .filter((line) => line.startsWith("["))
    .map((line) => JSON.parse(line));
  return status === 0 && lines.length > 0 ? lines : [...lines, ["the client", "failed", `ended with ${status}`]];
}
