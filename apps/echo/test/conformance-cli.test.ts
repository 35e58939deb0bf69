import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";

const CLI = fileURLToPath(new URL("../../../packages/conformance/bin/samewire-conformance.js", import.meta.url));
const WS_LOOP = fileURLToPath(new URL("../conformance/peers/ws-loop.mjs", import.meta.url));

let folder = "";
let server: WebSocketServer;
let url = "";

/** A stranger: an echo server that is not ours. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "samewire-conformance-"));
  server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  server.on("connection", (socket) => {
    socket.on("error", () => {});
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  await new Promise((resolve) => server.once("listening", resolve));
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterAll(() => {
  for (const client of server.clients) client.terminate();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

function run(...args: readonly string[]): Promise<{ status: number | null; output: string; errors: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [CLI, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let errors = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
    });
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk.toString("utf8");
    });
    child.on("close", (status) => resolve({ status, output, errors }));
  });
}

describe("samewire-conformance", () => {
  it("tests a stranger's server with one command, exits 0 and writes every report", async () => {
    const [json, junit, html] = ["r.json", "r.xml", "r.html"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const files = ["--json", json, "--junit", junit, "--html", html];
    const { status, output } = await run("server", url, "--case", "FR-1.*", "--case", "CT-11.*", ...files);
    expect(output).toMatch(/12 pass in /);
    expect(status).toBe(0);
    const { reports } = JSON.parse(readFileSync(json, "utf8"));
    expect(reports[0].totals).toMatchObject({ pass: 12, fail: 0 });
    expect(readFileSync(junit, "utf8")).toContain('name="FR-1.1 Empty text message"');
    expect(readFileSync(html, "utf8")).toContain("<title>WebSocket conformance report</title>");
  });

  it("exits 1 when a case fails, and says why", async () => {
    const { status, output } = await run("server", url, "--case", "SH-2.1");
    expect(output).toMatch(/FAIL SH-2\.1 HTTP\/1\.0/);
    expect(status).toBe(1);
  });

  it("takes a SHOULD for a MUST with --strict", async () => {
    expect((await run("server", url, "--case", "FR-3.1")).status).toBe(0);
    expect((await run("server", url, "--case", "FR-3.1", "--strict")).status).toBe(1);
  });

  it("drives a client that drives itself", async () => {
    const { status, output } = await run("client", "--loop", "--case", "FR-1.*", "--", process.execPath, WS_LOOP);
    expect(output).toMatch(/2 pass in /);
    expect(status).toBe(0);
  });

  it("fails a client that drives itself and ends without coming, at once and for every case", async () => {
    const { status, output } = await run("client", "--loop", "--case", "FR-1.*", "--", process.execPath, "-e", "0");
    expect(output).toMatch(/2 fail in /);
    expect(output).toContain("the client did not come for this case: its process exited with 0");
    expect(status).toBe(1);
  });

  it("exits 2 on a wrong command line", async () => {
    const { status, errors } = await run("server", url, "--fast");
    expect(errors).toMatch(/--fast/);
    expect(status).toBe(2);
  });
});
