// The self-driving client on workerd: a Worker whose `fetch` runs all cases, asked over HTTP. The suite's URL is the last argument.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { runtimePath } from "../../../scripts/runtimes.mjs";

const folder = mkdtempSync(join(tmpdir(), "samewire-loop-"));
await build({
  entryPoints: [fileURLToPath(new URL("workerd-loop-worker.mjs", import.meta.url))],
  bundle: true,
  outfile: join(folder, "worker.js"),
  format: "esm",
  platform: "neutral",
  target: "es2022",
  mainFields: ["module", "main"],
  conditions: ["workerd"],
  external: ["cloudflare:*", "node:*"],
  logLevel: "error",
});
writeFileSync(
  join(folder, "config.capnp"),
  `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2025-10-01",
  compatibilityFlags = ["nodejs_compat"],
);
`,
);
const child = spawn(runtimePath("workerd"), ["serve", join(folder, "config.capnp"), "--control-fd=3"], {
  stdio: ["ignore", "inherit", "inherit", "pipe"],
});
const end = () => {
  child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
};
process.on("exit", end);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

/** @type {number} */
const port = await new Promise((resolve, reject) => {
  let said = "";
  child.stdio[3]?.on("data", (chunk) => {
    said += chunk;
    const match = /"socket":\s*"http".*?"port":\s*(\d+)|"port":\s*(\d+)/.exec(said);
    if (match !== null) resolve(Number(match[1] ?? match[2]));
  });
  child.once("exit", (code) => reject(new Error(`workerd exited with ${code}`)));
});
const base = encodeURIComponent(process.argv.at(-1) ?? "");
const response = await fetch(`http://127.0.0.1:${port}/?base=${base}`);
console.log(await response.text());
process.exit(response.ok ? 0 : 1);
