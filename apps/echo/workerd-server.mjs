/** The echo server on workerd: starts it, says where it listens, and drains it through its control socket. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { listeningOn, serverArguments } from "./dist/echo.js";
import { runWorkerd } from "./workerd/run-workerd.mjs";

/** How long connections have to finish after SIGINT or SIGTERM, in milliseconds. */
const DRAIN_DEADLINE = 5_000;

/** @param {number} status @param {unknown} reason @returns {never} */
function fail(status, reason) {
  console.error(reason instanceof Error ? reason.message : reason);
  process.exit(status);
}

/** @type {import("./src/echo.ts").ServerArguments} */
let args;
try {
  args = serverArguments(process.argv.slice(3));
} catch (error) {
  fail(2, error);
}
const { host, cert, key, deflate } = args;
const name = host.includes(":") ? `[${host}]` : host;
const workerd = runWorkerd({
  role: "server",
  bindings: { deflate: deflate ? "on" : "off", drainDeadline: String(DRAIN_DEADLINE) },
  listen: `${name}:${args.port}`,
  ...(cert && key ? { tls: { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") } } : {}),
});

let stopping = false;
// SIGTERM never reaches the Worker, and ends workerd with all its connections at once: it is drained first.
async function stop() {
  if (stopping) return;
  stopping = true;
  await workerd.ask().catch((error) => console.error(error.message));
  await workerd.end();
  process.exit(0);
}
process.on("SIGINT", stop);
process.on("SIGTERM", stop);

void workerd.exited.then((how) => stopping || fail(1, how));
const [port] = await Promise.all([workerd.port, workerd.ready]);
const { version } = createRequire(import.meta.url)("workerd/package.json");
console.log(listeningOn(`${cert ? "wss" : "ws"}://${name}:${port}`, `workerd ${version}`, args));
