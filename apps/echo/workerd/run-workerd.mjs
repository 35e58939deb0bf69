import { spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runtimePath } from "../../../scripts/runtimes.mjs";

/**
 * What is run, and with what.
 *
 * @typedef {object} Run
 * @property {"server" | "client" | "loop" | "interop"} role
 * @property {Readonly<Record<string, string>>} bindings bound to the Worker as text
 * @property {string} [listen] address of the socket that is handed to the Worker's `connect`
 * @property {{ cert: string, key: string }} [tls] of that socket, in PEM
 * @property {string} [trust] an authority that outbound TLS trusts, in PEM
 */

/**
 * workerd while it runs.
 *
 * @typedef {object} Running
 * @property {Promise<number>} port of the socket that it listens on
 * @property {Promise<void>} ready resolves when the control socket is there
 * @property {() => Promise<{ ok: boolean, body: string }>} ask sends a request to the control socket
 * @property {() => Promise<void>} end
 * @property {Promise<string>} exited how workerd ended
 */

/**
 * A signal from a terminal goes to a whole group of processes, and would end workerd before it is drained; in a group of its own
 * it would outlive us if we were killed. So a shell in another group runs it, and kills it when our end of a pipe is closed.
 */
const KEEPER =
  'exec 4<&0; "$0" "$@" 4<&- & pid=$!; exec 3>&-; (cat <&4 >/dev/null; kill -KILL $pid) & wait $pid 2>/dev/null';

// A string of Cap'n Proto has the escapes of one of JSON.
const quoted = JSON.stringify;

/** @param {Run} run */
function configuration({ role, bindings, listen, tls, trust }) {
  const texts = Object.entries(bindings).map(([name, text]) => `(name = ${quoted(name)}, text = ${quoted(text)})`);
  const trusted = trust === undefined ? "trustBrowserCas = true" : `trustedCertificates = [${quoted(trust)}]`;
  const keypair = tls && `(privateKey = ${quoted(tls.key)}, certificateChain = ${quoted(tls.cert)})`;
  const tcp = keypair === undefined ? "()" : `(tlsOptions = (keypair = ${keypair}))`;
  const hub = role === "server" ? '(name = "HUB", durableObjectNamespace = "Hub")' : "";
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (${trusted}))),
  ],
  sockets = [
    ${listen === undefined ? "" : `(name = "main", address = ${quoted(listen)}, tcp = ${tcp}, service = "main"),`}
    (name = "control", address = "unix:control", http = (), service = "main"),
  ],
);

const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-11-01",
  ${role === "server" ? 'durableObjectNamespaces = [(className = "Hub", uniqueKey = "echo")],' : ""}
  durableObjectStorage = (inMemory = void),
  bindings = [${[...texts, hub].filter(Boolean).join(", ")}],
);
`;
}

/**
 * Starts workerd on a built Worker, in a folder of its own.
 *
 * @param {Run} run
 * @returns {Running}
 */
export function runWorkerd(run) {
  const folder = mkdtempSync(join(tmpdir(), "samewire-workerd-"));
  copyFileSync(
    fileURLToPath(new URL(`../dist/workerd/${run.role}-worker.js`, import.meta.url)),
    join(folder, "worker.js"),
  );
  writeFileSync(join(folder, "config.capnp"), configuration(run));
  const command = [runtimePath("workerd"), "serve", "config.capnp", "--control-fd=3"];
  const child = spawn("/bin/sh", ["-c", KEEPER, ...command], {
    cwd: folder,
    stdio: ["pipe", "pipe", "pipe", "pipe"],
    detached: true,
  });
  // Standard output is for the one line that tools wait for.
  child.stdout?.pipe(process.stderr);
  child.stderr?.pipe(process.stderr);
  /** @type {Promise<string>} */
  const exited = new Promise((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("exit", (code, signal) => resolve(`workerd ended with ${code ?? signal}`));
  });
  process.on("exit", () => {
    child.stdin?.destroy();
    rmSync(folder, { recursive: true, force: true });
  });
  const events = new Map();
  /** @param {string} socket @returns {Promise<number>} */
  const listening = (socket) =>
    new Promise((resolve) => {
      events.set(socket, resolve);
    });
  const port = listening("main");
  const ready = listening("control").then(() => {});
  let said = "";
  child.stdio[3]?.on("data", (chunk) => {
    const lines = (said + chunk).split("\n");
    said = lines.pop() ?? "";
    for (const line of lines) {
      const { event, socket, port: number } = JSON.parse(line);
      if (event === "listen") events.get(socket)?.(number);
    }
  });
  const ask = () =>
    new Promise((resolve, reject) => {
      const asked = request({ socketPath: join(folder, "control"), path: "/", method: "POST" }, (response) => {
        let body = "";
        response.on("data", (chunk) => (body += chunk));
        response.on("end", () => resolve({ ok: response.statusCode === 200, body }));
      });
      asked.on("error", reject);
      asked.end();
    });
  return {
    port,
    ready,
    ask,
    exited,
    async end() {
      child.stdin?.end();
      await exited;
    },
  };
}
