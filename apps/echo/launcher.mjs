import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { runtimePath } from "../../scripts/runtimes.mjs";

/** What comes before the built entry point on a runtime's command line. */
const flags = {
  node: [],
  bun: [],
  deno: ["run", "--allow-net", "--allow-read", "--allow-env", "--allow-sys"],
};

/**
 * Runs `dist/<runtime>-<role>.js` with the rest of the command line on the runtime that its first word names.
 *
 * @param {"server" | "client"} role
 */
export async function launch(role) {
  const [runtime = "", ...rest] = process.argv.slice(2);
  if (runtime === "workerd") {
    await import(`./workerd-${role}.mjs`);
    return;
  }
  if (!Object.hasOwn(flags, runtime)) {
    console.error(`usage: ${role === "server" ? "echo" : "echo-client"} <node|bun|deno|workerd> …`);
    process.exit(2);
  }
  const name = /** @type {keyof typeof flags} */ (runtime);
  const entry = fileURLToPath(new URL(`./dist/${name}-${role}.js`, import.meta.url));
  passOn(spawn(runtimePath(name), [...flags[name], entry, ...rest], { stdio: "inherit" }));
}

/**
 * Passes SIGINT and SIGTERM on to the child, and ends as it ends.
 *
 * @param {import("node:child_process").ChildProcess} child
 */
export function passOn(child) {
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    console.error(error.message);
    process.exit(1);
  });
  child.on("exit", (code, signal) => {
    process.exitCode = signal === null ? (code ?? 1) : 1;
  });
}
