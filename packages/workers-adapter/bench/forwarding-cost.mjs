/**
 * What it costs to forward every connection to one Durable Object: workerd's CPU per echoed message of 125 bytes, and
 * the latency that the client sees, with and without, in turns. Linux only (it reads /proc).
 *
 *   node packages/workers-adapter/bench/forwarding-cost.mjs [ROUNDS]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const rounds = Number(process.argv[2] ?? 7);
const CONNECTIONS = 64;
const PAYLOAD = 125;
const WARM_UP = 500;
const WINDOW = 1500;
const TICK = 10_000;
const root = fileURLToPath(new URL("../../../", import.meta.url));

const folder = mkdtempSync(join(tmpdir(), "samewire-forwarding-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
await build({
  entryPoints: [fileURLToPath(new URL("forwarding-worker.ts", import.meta.url))],
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

/** @param {"yes" | "no"} forwarded */
async function startWorkerd(forwarded) {
  const config = join(folder, `${forwarded}.capnp`);
  writeFileSync(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "main", address = "127.0.0.1:0", tcp = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-11-01",
  durableObjectNamespaces = [(className = "Hub", uniqueKey = "hub")],
  durableObjectStorage = (inMemory = void),
  bindings = [(name = "HUB", durableObjectNamespace = "Hub"), (name = "forwarded", text = "${forwarded}")],
);
`,
  );
  const child = spawn(join(root, "node_modules/workerd/bin/workerd"), ["serve", config, "--control-fd=3"], {
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  const [line] = await once(/** @type {import("node:stream").Readable} */ (child.stdio[3]), "data");
  return { child, port: JSON.parse(String(line)).port };
}

/** User and system time of a process in microseconds. @param {number} pid */
function cpuTime(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK;
}

const frame = Buffer.concat([Buffer.from([0x82, 0x80 | PAYLOAD, 0, 0, 0, 0]), Buffer.alloc(PAYLOAD, 7)]);

/** @param {"yes" | "no"} forwarded @param {number} depth */
async function measure(forwarded, depth) {
  const { child, port } = await startWorkerd(forwarded);
  const burst = Buffer.concat(Array(depth).fill(frame));
  const expected = depth * (PAYLOAD + 2);
  let messages = 0;
  /** @type {number[]} */
  const latencies = [];
  const sockets = await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const socket = connect(port, "127.0.0.1");
      socket.setNoDelay();
      await once(socket, "connect");
      const key = "dGhlIHNhbXBsZSBub25jZQ==";
      socket.write(
        `GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
      );
      await once(socket, "data");
      let received = 0;
      let sent = performance.now();
      socket.on("data", (chunk) => {
        received += chunk.length;
        if (received < expected) return;
        received -= expected;
        messages += depth;
        const now = performance.now();
        latencies.push(now - sent);
        sent = now;
        socket.write(burst);
      });
      return socket;
    }),
  );
  for (const socket of sockets) socket.write(burst);
  const pause = (/** @type {number} */ milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  await pause(WARM_UP);
  const pid = /** @type {number} */ (child.pid);
  latencies.length = 0;
  const [began, before] = [cpuTime(pid), messages];
  await pause(WINDOW);
  const result = { cpu: (cpuTime(pid) - began) / (messages - before), latency: median(latencies) };
  for (const socket of sockets) socket.destroy();
  child.kill("SIGKILL");
  await once(child, "exit");
  return result;
}

/** @param {readonly number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

for (const depth of [1, 16]) {
  /** @type {Record<"yes" | "no", { cpu: number, latency: number }[]>} */
  const results = { yes: [], no: [] };
  for (let round = 0; round < rounds; round++) {
    for (const forwarded of /** @type {const} */ (["yes", "no"])) {
      results[forwarded].push(await measure(forwarded, depth));
    }
  }
  for (const forwarded of /** @type {const} */ (["no", "yes"])) {
    const cpu = results[forwarded].map((result) => result.cpu);
    const latency = results[forwarded].map((result) => result.latency);
    console.log(
      `depth ${depth}, ${forwarded === "yes" ? "forwarded" : "direct   "}: ${median(cpu).toFixed(1)} us CPU a message (${Math.min(...cpu).toFixed(1)}-${Math.max(...cpu).toFixed(1)}), p50 ${median(latency).toFixed(2)} ms with ${CONNECTIONS} connections`,
    );
  }
}
