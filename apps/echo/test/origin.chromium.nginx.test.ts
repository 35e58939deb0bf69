import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Server, serve } from "@samewire/node";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toolPath } from "../../../scripts/system-tools.mjs";
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
  // nginx then names the upstream in Host: only the option, or a better proxy, makes the page's origin pass.
  "without proxy_set_header Host": { header: "", options: {} },
} as const;

type Name = keyof typeof PROXIES;

let browser: Browser;
let folder: string;
let nginx: ChildProcess;
const ports = new Map<Name | "other", number>();
const upstreams = new Map<Name, number>();
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
    upstreams.set(name, server.port);
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
  nginx = spawn(toolPath("nginx"), ["-c", join(folder, "nginx.conf"), "-p", folder], { stdio: "ignore" });
  const last = ports.get("without proxy_set_header Host") as number;
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

/** What a full request to upgrade is answered with; 101 where it is accepted. */
function upgradeFrom(origin: string, port: number): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({
      port,
      host: "127.0.0.1",
      agent: false,
      headers: {
        origin,
        upgrade: "websocket",
        connection: "Upgrade",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        "sec-websocket-version": "13",
      },
    });
    asked.on("upgrade", (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode, body: "" });
    });
    asked.on("response", (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        body += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode, body }));
    });
    asked.on("error", reject);
    asked.end();
  });
}

describe("Origin behind nginx (RFC 6455 10.2)", () => {
  for (const name of Object.keys(PROXIES) as Name[]) {
    const passes = name !== "without proxy_set_header Host";

    it(`SH-33 ${name}: the same origin gets ${passes ? 101 : 403}, another origin 403`, async () => {
      const port = ports.get(name) as number;
      const same = await upgradeFrom(`http://127.0.0.1:${port}`, port);
      expect(same.status).toBe(passes ? 101 : 403);
      for (const origin of ["https://evil.example", `http://127.0.0.1:${port}.evil.example`, "null"]) {
        const other = await upgradeFrom(origin, port);
        expect(other.status, origin).toBe(403);
        expect(other.body).toContain(JSON.stringify(origin));
      }
    });

    it(`${name}: the page of the same origin ${passes ? "connects" : "does not connect"}, that of another does not`, async () => {
      const port = ports.get(name) as number;
      expect(await connects(port, port)).toBe(passes ? "through the proxy" : "refused");
      expect(await connects(ports.get("other") as number, port)).toBe("refused");
    });
  }

  it("without proxy_set_header Host: the 403 names both values and what to do", async () => {
    const port = ports.get("without proxy_set_header Host") as number;
    const upstream = upstreams.get("without proxy_set_header Host") as number;
    const { body } = await upgradeFrom(`http://127.0.0.1:${port}`, port);
    for (const part of [`"http://127.0.0.1:${port}"`, `"127.0.0.1:${upstream}"`, "origins", "trustProxy"]) {
      expect(body).toContain(part);
    }
  });
});
