/** How workerd, which has no command line and no files of its own, is given both. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { runtimePath } from "../../../../../scripts/runtimes.mjs";

// A string of Cap'n Proto has the escapes of one of JSON.
const quoted = JSON.stringify;

/** Bundles the Worker, with the same `dist` of the packages that a user would meet. @param {string} out folder for it */
export async function bundleSide(out) {
  await build({
    entryPoints: [fileURLToPath(new URL("side-worker.ts", import.meta.url))],
    outfile: join(out, "worker.js"),
    bundle: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    mainFields: ["module", "main"],
    conditions: ["workerd"],
    logLevel: "error",
  });
}

/**
 * The command that runs workerd's side once. `workerd test` ends with the Worker's handler, and non-zero if that throws.
 *
 * @param {string} out folder of the bundle
 * @param {string} folder of the files
 * @param {readonly string[]} args
 * @returns {{ file: string, args: string[] }}
 */
export function workerdCommand(out, folder, args) {
  const config = join(out, "config.capnp");
  writeFileSync(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "folder", disk = (path = ${quoted(folder)}, writable = true)),
  ],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-11-01",
  bindings = [(name = "folder", service = "folder"), (name = "args", json = ${quoted(JSON.stringify(args))})],
);
`,
  );
  return { file: runtimePath("workerd"), args: ["test", config] };
}
