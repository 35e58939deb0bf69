/** The echo client on workerd: runs a Worker that connects and echoes, and ends as it ends. */
import { readFileSync } from "node:fs";
import { clientArguments } from "./dist/echo.js";
import { runWorkerd } from "./workerd/run-workerd.mjs";

/** @param {number} status @param {unknown} reason @returns {never} */
function fail(status, reason) {
  console.error(reason instanceof Error ? reason.message : reason);
  process.exit(status);
}

/** @type {import("./src/echo.ts").ClientArguments} */
let args;
try {
  args = clientArguments(process.argv.slice(3));
} catch (error) {
  fail(2, error);
}
const { url, deflate, ca } = args;
const workerd = runWorkerd({
  role: "client",
  bindings: { url, deflate: deflate ? "on" : "off" },
  ...(ca === undefined ? {} : { trust: readFileSync(ca, "utf8") }),
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));
void workerd.exited.then((how) => fail(1, how));
await workerd.ready;
const { ok, body } = await workerd.ask();
if (!ok) fail(1, body);
process.exit(0);
