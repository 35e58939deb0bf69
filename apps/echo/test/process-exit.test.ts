import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runtimePath } from "../../../scripts/runtimes.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));

/** Serves, connects, exchanges a message, closes both ends, and never says `exit`. */
function program(runtime: string): string {
  return `
    const { serve, connect } = await import("@samewire/${runtime}");
    const server = await serve({
      port: 0, host: "127.0.0.1", origins: "any", pingInterval: 30_000, idleTimeout: 60_000, maxLifetime: 90_000,
      message: (socket, message) => { socket.send(message); },
    });
    const socket = await connect(server.url, { pingInterval: 30_000, idleTimeout: 60_000 });
    socket.send("hello");
    console.log(await socket.receive());
    await socket.close();
    await server.close();
    console.log("closed");
  `;
}

const COMMANDS: readonly (readonly [runtime: "node" | "bun" | "deno", flags: readonly string[]])[] = [
  ["node", ["--input-type=module", "--eval"]],
  ["bun", ["--eval"]],
  ["deno", ["eval", "--ext=js"]],
];

/** Runs to the end; one that has not exited after 10 s is killed. */
function run(file: string, args: readonly string[]): Promise<{ output: string; how: string }> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: HERE, stdio: ["ignore", "pipe", "inherit"] });
    const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ output, how: signal ?? String(code) });
    });
  });
}

describe("a process whose connections and servers are closed", () => {
  it.each(COMMANDS)("exits by itself on %s: no timer and no listener is left (LC-23)", async (runtime, flags) => {
    const { output, how } = await run(runtimePath(runtime), [...flags, program(runtime)]);
    expect(output).toBe("hello\nclosed\n");
    expect(how).toBe("0");
  });
});
