import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { test } from "node:test";
import { type Adapter, options, sleep } from "./adapter.ts";

/** File descriptors that the server may have; a runtime's own are among them. */
const LIMIT = 100;

/** What a process of this runtime that runs the code is started with. */
const { deno, bun } = process.versions as { readonly deno?: string; readonly bun?: string };
const running = deno ? ["eval"] : bun ? ["-e"] : ["--input-type=module", "-e"];

/** @param name of the adapter, and of its package */
export function exhaustionSuite(name: string, { connect }: Adapter): void {
  test("a server that has no file descriptor left serves again when it has", options, async () => {
    // Deno (2.9.6) panics where it has none for its signals, which it sets up when they are first wanted.
    const server = `
      globalThis.Deno?.addSignalListener("SIGUSR2", () => {});
      const { serve } = await import(${JSON.stringify(import.meta.resolve(`@samewire/${name}`))});
      const { port } = await serve({ host: "127.0.0.1", message: (socket, text) => void socket.send(text) });
      console.log(port);`;
    const limited = ["-c", `ulimit -n ${LIMIT}; exec "$0" "$@"`, process.execPath, ...running, server];
    const child = spawn("sh", limited, { stdio: ["ignore", "pipe", "inherit"] });
    try {
      const [line] = await once(child.stdout, "data");
      const port = Number(line);
      const many = Array.from({ length: 2 * LIMIT }, () => connectTcp(port, "127.0.0.1").on("error", () => {}));
      await sleep(300);
      for (const stream of many) stream.destroy();
      await sleep(100);
      const socket = await connect(`ws://127.0.0.1:${port}`);
      socket.send("still there");
      assert.equal(await socket.receive(), "still there");
      socket.terminate();
    } finally {
      child.kill("SIGKILL");
    }
  });
}
