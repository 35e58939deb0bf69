/**
 * What it costs to forward every connection to one Durable Object: workerd's CPU per echoed message of 125 bytes, and
 * the latency that the client sees, with and without, in turns. Linux only (it reads /proc).
 *
 *   node packages/workers-adapter/bench/forwarding-cost.mjs [ROUNDS]
 */
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { bundleWorker, median, open, startWorkerd, stopWorkerd } from "./workerd.mjs";

const rounds = Number(process.argv[2] ?? 7);
const CONNECTIONS = 64;
const PAYLOAD = 125;
const WARM_UP = 500;
const WINDOW = 1500;
const TICK = 10_000;
const folder = await bundleWorker("forwarding-worker.ts");

/** User and system time of a process in microseconds. @param {number} pid */
function cpuTime(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK;
}

const frame = Buffer.concat([Buffer.from([0x82, 0x80 | PAYLOAD, 0, 0, 0, 0]), Buffer.alloc(PAYLOAD, 7)]);

/** @param {"yes" | "no"} forwarded @param {number} depth */
async function measure(forwarded, depth) {
  const { child, pid, port } = await startWorkerd(folder, "tcp", forwarded);
  const burst = Buffer.concat(Array(depth).fill(frame));
  const expected = depth * (PAYLOAD + 2);
  let messages = 0;
  /** @type {number[]} */
  const latencies = [];
  const sockets = await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const socket = await open(port);
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
  await pause(WARM_UP);
  latencies.length = 0;
  const [began, before] = [cpuTime(pid), messages];
  await pause(WINDOW);
  const result = { cpu: (cpuTime(pid) - began) / (messages - before), latency: median(latencies) };
  for (const socket of sockets) socket.destroy();
  await stopWorkerd(child);
  return result;
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
