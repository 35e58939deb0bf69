/** The contract of `pnpm echo` and `pnpm echo-client` that scripts rely on, on every runtime. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { connect, serve } from "@samewire/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pnpmPath } from "../../../scripts/pnpm.mjs";
import { root } from "../../../scripts/runtimes.mjs";

const RUNTIMES = ["node", "bun", "deno", "workerd"] as const;
const PNPM = pnpmPath();

/** A process, what it has said, and how it ended. */
interface Command {
  readonly child: ChildProcess;
  readonly said: { stdout: string; stderr: string };
  readonly exited: Promise<{ code: number | null; signal: string | null }>;
}

const running = new Set<ChildProcess>();

function pnpm(...args: readonly string[]): Command {
  // A group of its own, so that whatever a failed test leaves can be ended.
  const child = spawn(PNPM, ["--silent", ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  running.add(child);
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (chunk: string) => {
      said[name] += chunk;
    });
  }
  const exited = once(child, "close").then(([code, signal]) => {
    running.delete(child);
    return { code, signal };
  });
  return { child, said, exited };
}

async function lineOf({ said, exited }: Command): Promise<string> {
  let over = false;
  void exited.then(() => {
    over = true;
  });
  while (!said.stdout.includes("\n")) {
    if (over) throw new Error(`ended before it listened: ${said.stderr}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return said.stdout.slice(0, said.stdout.indexOf("\n"));
}

/** Whether somebody else may listen where the server did. */
async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, "127.0.0.1");
  const free = await Promise.race([once(probe, "listening").then(() => true), once(probe, "error").then(() => false)]);
  probe.close();
  return free;
}

// Costs milliseconds where the build is fresh, as it is in the gate.
beforeAll(() => {
  expect(spawnSync(process.execPath, ["scripts/ensure-built.mjs"], { cwd: root }).status).toBe(0);
}, 180_000);

afterAll(() => {
  for (const { pid } of running) if (pid !== undefined) process.kill(-pid, "SIGKILL");
});

describe("pnpm echo", () => {
  for (const runtime of RUNTIMES) {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      it.concurrent(`${runtime}: one line; ${signal} closes with 1001, exits 0 and frees the port`, {
        timeout: 60_000,
      }, async () => {
        const server = pnpm("echo", runtime, "--port", "0");
        const line = await lineOf(server);
        const match = /^listening on (ws:\/\/127\.0\.0\.1:(\d+)) \(.+\)$/.exec(line);
        expect(match, line).not.toBeNull();
        const [, url = "", port] = match ?? [];
        const socket = await connect(url);
        socket.send("still here");
        expect(await socket.receive()).toBe("still here");
        server.child.kill(signal);
        expect(await socket.closed).toMatchObject({ code: 1001, clean: true });
        expect(await server.exited).toEqual({ code: 0, signal: null });
        expect(server.said.stdout).toBe(`${line}\n`);
        expect(await isFree(Number(port))).toBe(true);
      });
    }
  }
});

describe("pnpm echo-client", () => {
  for (const runtime of RUNTIMES) {
    it.concurrent(`${runtime}: echoes until the server closes, then exits 0`, { timeout: 60_000 }, async () => {
      const echoed: unknown[] = [];
      const server = await serve({
        host: "127.0.0.1",
        port: 0,
        open: (socket) => void socket.send("say this"),
        message: (socket, message) => {
          echoed.push(message);
          void socket.close();
        },
      });
      const client = pnpm("echo-client", runtime, server.url);
      expect(await client.exited, client.said.stderr).toEqual({ code: 0, signal: null });
      expect(echoed).toEqual(["say this"]);
      expect(client.said.stdout).toBe("");
      await server.close();
    });

    it.concurrent(`${runtime}: exits 1 where it cannot connect, and says why on stderr`, {
      timeout: 60_000,
    }, async () => {
      const server = await serve({ host: "127.0.0.1", port: 0 });
      await server.close();
      const client = pnpm("echo-client", runtime, server.url);
      expect(await client.exited).toEqual({ code: 1, signal: null });
      expect(client.said.stdout).toBe("");
      expect(client.said.stderr).toMatch(/no connection/i);
    });
  }
});
