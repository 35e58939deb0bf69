import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Server, serve } from "@samewire/node";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { echoServer } from "../src/echo.ts";
import { launchChromium } from "./_chromium.ts";

/** What the proxy does with Host, and what the server is told about it. */
const PROXIES = {
  "with proxy_set_header Host": { header: "proxy_set_header Host $http_host;", options: {} },
  "with X-Forwarded-Host and trustProxy": {
    header: "proxy_set_header X-Forwarded-Host $http_host;",
    options: { trustProxy: true },
  },
  "with neither, the origin in the list": { header: "", options: { origins: "the proxy" as const } },
} as const;

type Name = keyof typeof PROXIES;

let browser: Browser;
let folder: string;
let nginx: ChildProcess;
const ports = new Map<Name | "other", number>();
const servers: Server<undefined>[] = [];

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => probe.once("listening", resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    (response) => response.ok,
    () => false,
  );
}

beforeAll(async () => {
  const blocks: string[] = [];
  for (const name of Object.keys(PROXIES) as Name[]) {
    const port = await freePort();
    const { header, options } = PROXIES[name];
    const listed = "origins" in options;
    const server = await serve({
      ...echoServer(false),
      host: "127.0.0.1",
      port: 0,
      origins: listed ? [`http://127.0.0.1:${port}`] : "same-origin",
      trustProxy: "trustProxy" in options,
    });
    servers.push(server);
    ports.set(name, port);
    blocks.push(`server {
      listen 127.0.0.1:${port};
      location / {
        proxy_pass http://127.0.0.1:${server.port};
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $http_connection;
        ${header}
      }
    }`);
  }
  // The page of another origin.
  const other = await serve({ ...echoServer(false), host: "127.0.0.1", port: 0 });
  servers.push(other);
  ports.set("other", other.port);
  folder = await mkdtemp(join(tmpdir(), "samewire-nginx-"));
  await writeFile(
    join(folder, "nginx.conf"),
    `daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
    events { worker_connections 64; }
    http { access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
      fastcgi_temp_path ${folder}/fastcgi; uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
      ${blocks.join("\n")} }`,
  );
  nginx = spawn("nginx", ["-c", join(folder, "nginx.conf"), "-p", folder], {
    stdio: "ignore",
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
  });
  const last = ports.get("with neither, the origin in the list") as number;
  for (let i = 0; i < 100 && !(await answers(last)); i++) await new Promise((resolve) => setTimeout(resolve, 50));
  browser = await launchChromium();
}, 30_000);

afterAll(async () => {
  await browser?.close();
  nginx?.kill("SIGTERM");
  await Promise.all(servers.map((server) => server.close()));
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

async function connects(pagePort: number, target: number): Promise<string> {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${pagePort}/`);
  const outcome = await page.evaluate(
    (url) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(url);
        socket.onopen = () => socket.send("through the proxy");
        socket.onmessage = ({ data }) => resolve(String(data));
        socket.onerror = () => resolve("refused");
      }),
    `ws://127.0.0.1:${target}/`,
  );
  await page.close();
  return outcome;
}

describe("Origin behind nginx (RFC 6455 10.2)", () => {
  for (const name of Object.keys(PROXIES) as Name[]) {
    it(`${name}: the page of the same origin connects, another origin gets 403`, async () => {
      const port = ports.get(name) as number;
      expect(await connects(port, port)).toBe("through the proxy");
      expect(await connects(ports.get("other") as number, port)).toBe("refused");
      const refused = await fetch(`http://127.0.0.1:${port}/`, {
        headers: { origin: "https://evil.example", "sec-websocket-version": "13" },
      });
      expect(refused.status).toBeGreaterThanOrEqual(400);
    });
  }

  it("with neither, by default: 403 that names both values and the option", async () => {
    const server = await serve({ ...echoServer(false), host: "127.0.0.1", port: 0, origins: "same-origin" });
    const { request } = await import("node:http");
    const [status, body] = await new Promise<[number | undefined, string]>((resolve, reject) => {
      const asked = request({
        port: server.port,
        host: "127.0.0.1",
        headers: {
          host: "upstream",
          origin: "https://app.example",
          upgrade: "websocket",
          connection: "Upgrade",
          "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
          "sec-websocket-version": "13",
        },
      });
      asked.on("response", (response) => {
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => resolve([response.statusCode, text]));
      });
      asked.on("error", reject);
      asked.end();
    });
    expect(status).toBe(403);
    for (const part of ["https://app.example", "upstream", "origins", "trustProxy"]) expect(body).toContain(part);
    await server.close();
  });
});
