/**
 * What an idle connection holds in workerd: resident memory with N connections less that with none, over N, for samewire, workerd's own
 * WebSocket and a plain echo of bytes. Linux only (it reads /proc).
 *
 *   node packages/workers-adapter/bench/idle-memory.mjs [ROUNDS]
 */
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { bundleWorker, median, open, startWorkerd, stopWorkerd } from "./workerd.mjs";

const rounds = Number(process.argv[2] ?? 3);
// A forwarded connection takes several file descriptors: 10,000 are beyond the 20,000 that a process may have here.
const COUNTS = [1000, 4000];
const AT_ONCE = 100;
/** Time for garbage to be collected and for pages to be given back, in milliseconds. */
const SETTLE = 3000;
const folder = await bundleWorker("idle-worker.ts");

/** Resident bytes. @param {number} pid */
function resident(pid) {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1]) * 1024;
}

/** Opens connections a hundred at a time. @param {number} port @param {number} count */
async function openMany(port, count) {
  const sockets = [];
  while (sockets.length < count) {
    const next = Math.min(AT_ONCE, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: next }, () => open(port)))));
  }
  return sockets;
}

/** @param {"tcp" | "http"} protocol @param {string} mode @param {number} count */
async function measure(protocol, mode, count) {
  const { child, pid, port } = await startWorkerd(folder, protocol, mode);
  // Code and pools are not counted.
  for (const socket of await openMany(port, AT_ONCE)) socket.destroy();
  await pause(SETTLE);
  const before = resident(pid);
  const sockets = await openMany(port, count);
  await pause(SETTLE);
  const each = (resident(pid) - before) / count / 1024;
  for (const socket of sockets) socket.destroy();
  await stopWorkerd(child);
  return each;
}

for (const count of COUNTS) {
  /** @type {Record<string, number[]>} */
  const results = {};
  for (let round = 0; round < rounds; round++) {
    for (const [protocol, mode] of /** @type {const} */ ([
      ["tcp", "samewire"],
      ["http", "built-in"],
      ["tcp", "plain"],
    ])) {
      results[mode] ??= [];
      results[mode].push(await measure(protocol, mode, count));
    }
  }
  for (const [mode, each] of Object.entries(results)) {
    console.log(
      `${count} connections, ${mode}: ${median(each).toFixed(1)} KiB each (${Math.min(...each).toFixed(1)}-${Math.max(...each).toFixed(1)})`,
    );
  }
}
