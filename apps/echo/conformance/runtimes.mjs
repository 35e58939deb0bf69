import { fileURLToPath } from "node:url";
import { runtimePath } from "../../../scripts/runtimes.mjs";

/** The runtimes, in the order of the table. */
export const RUNTIMES = /** @type {const} */ (["node", "bun", "deno", "workerd"]);
export const ROLES = /** @type {const} */ (["server", "client"]);

const MIB = 1024 * 1024;

/** What the echo programs are set to: the message limit is theirs, all else is a default of the library. */
const OPTIONS = {
  compression: true,
  maxMessageSize: 64 * MIB,
  enforcesMaxMessageSize: true,
  maxHeadSize: 16_384,
  subprotocol: "chat.v1",
  deadlines: { closeTimeout: 10_000, handshakeTimeout: 10_000 },
};

const file = (/** @type {string} */ name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

/**
 * The echo server or client of a runtime as a testee.
 *
 * @param {typeof RUNTIMES[number]} runtime
 * @param {typeof ROLES[number]} role
 * @returns {import("./suite.mjs").Testee}
 */
export function samewire(runtime, role) {
  const command =
    role === "server" ? [process.execPath, file("launch.mjs"), runtime, "--port", "0"] : clientCommand(runtime);
  const once = [process.execPath, file("launch-client.mjs"), runtime];
  return { name: `samewire on ${runtime}`, role, command, once, options: OPTIONS };
}

function clientCommand(/** @type {typeof RUNTIMES[number]} */ runtime) {
  if (runtime === "workerd") return [process.execPath, file("conformance/workerd-loop.mjs")];
  const flags = runtime === "deno" ? ["run", "--allow-net", "--allow-read", "--allow-env", "--allow-sys"] : [];
  return [runtimePath(runtime), ...flags, file(`dist/${runtime}-loop.js`)];
}
