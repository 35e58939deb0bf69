/** Starts workerd for a measurement, and opens connections to it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const binary = fileURLToPath(new URL("../../../node_modules/workerd/bin/workerd", import.meta.url));

/** Bundles a Worker into a folder that goes with the process. @param {string} entry beside this file */
export async function bundleWorker(entry) {
  const folder = mkdtempSync(join(tmpdir(), "samewire-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    bundle: true,
    outfile: join(folder, "worker.js"),
    format: "esm",
    platform: "neutral",
    target: "es2022",
    mainFields: ["module", "main"],
    conditions: ["@samewire/source", "workerd"],
    external: ["cloudflare:*"],
    logLevel: "error",
  });
  return folder;
}

/**
 * @param {string} folder of the bundle
 * @param {"tcp" | "http"} protocol of its socket
 * @param {string} mode the binding that tells the Worker what it is to do
 */
export async function startWorkerd(folder, protocol, mode) {
  const config = join(folder, `${mode}.capnp`);
  writeFileSync(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "main", address = "127.0.0.1:0", ${protocol} = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-11-01",
  durableObjectNamespaces = [(className = "Hub", uniqueKey = "hub")],
  durableObjectStorage = (inMemory = void),
  bindings = [(name = "HUB", durableObjectNamespace = "Hub"), (name = "mode", text = "${mode}")],
);
`,
  );
  const child = spawn(binary, ["serve", config, "--control-fd=3"], { stdio: ["ignore", "inherit", "inherit", "pipe"] });
  const [line] = await once(/** @type {import("node:stream").Readable} */ (child.stdio[3]), "data");
  return { child, pid: /** @type {number} */ (child.pid), port: Number(JSON.parse(String(line)).port) };
}

/** @param {import("node:child_process").ChildProcess} child */
export async function stopWorkerd(child) {
  child.kill("SIGKILL");
  await once(child, "exit");
}

const REQUEST = `GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`;

/** A connection that has had its answer. @param {number} port */
export async function open(port) {
  const socket = connect(port, "127.0.0.1");
  socket.setNoDelay();
  await once(socket, "connect");
  socket.write(REQUEST);
  await once(socket, "data");
  return socket;
}

/** @param {readonly number[]} values */
export function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
