import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { runtimePath } from "../../../scripts/runtimes.mjs";

/** How long a server may take to listen, and to end. */
const START = 20_000;
const END = 10_000;

/** @param {string} path */
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * What starts each server, and what it can do. Ours are started as `pnpm echo` starts them.
 *
 * @type {Readonly<Record<string, { command: readonly string[], deflates: boolean, fragments: boolean }>>}
 */
const servers = {
  node: ours("node"),
  bun: ours("bun"),
  deno: ours("deno"),
  workerd: ours("workerd"),
  ws: { command: [runtimePath("node"), here("./ws-server.mjs")], deflates: true, fragments: true },
  "Bun.serve": { command: [runtimePath("bun"), here("./bun-server.mjs")], deflates: true, fragments: false },
  "Deno.serve": {
    command: [runtimePath("deno"), "run", "--allow-all", here("./deno-server.mjs")],
    deflates: false,
    fragments: false,
  },
};

/** @param {string} runtime */
function ours(runtime) {
  const command = [runtimePath("node"), here("../launch.mjs"), runtime, "--port", "0"];
  return { command, deflates: true, fragments: true };
}

export const serverNames = Object.keys(servers);

/**
 * A server, once over TCP and once over TLS.
 *
 * @typedef {object} Started
 * @property {string} name
 * @property {import("../src/interop/cases.ts").ServerUnderTest} about
 * @property {() => Promise<void>} stop
 */

/**
 * @param {string} name
 * @param {{ cert: string, key: string }} tls files in PEM
 * @returns {Promise<Started>}
 */
export async function startServer(name, { cert, key }) {
  const known = servers[name];
  if (known === undefined) throw new Error(`no server ${name}`);
  const { command, deflates, fragments } = known;
  const plain = await start(command);
  const secure = await start([...command, "--cert", cert, "--key", key]);
  return {
    name,
    about: { ws: plain.url, wss: secure.url, deflates, fragments },
    stop: async () => {
      await Promise.all([plain.stop(), secure.stop()]);
    },
  };
}

/** @param {readonly string[]} command */
async function start([file = "", ...args]) {
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "inherit"] });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  // However this process ends: no server outlives it.
  const kill = () => child.kill("SIGTERM");
  process.on("exit", kill);
  /** @type {string} */
  const url = await new Promise((resolve, reject) => {
    let said = "";
    const timer = setTimeout(() => reject(new Error(`${args.join(" ")} does not listen`)), START);
    child.stdout.on("data", (chunk) => {
      said += chunk;
      const [, found] = /listening on (\S+)/.exec(said) ?? [];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    });
    child.once("exit", () => reject(new Error(`${args.join(" ")} has ended`)));
  });
  return {
    url,
    async stop() {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), END);
      await exited;
      clearTimeout(timer);
      process.off("exit", kill);
    },
  };
}
