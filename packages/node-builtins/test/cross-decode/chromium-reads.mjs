/**
 * The browser's side of the cross-decode check: a server that knows no compression replays the files of all runtimes as
 * messages of WebSockets, and a page of Chromium tells the digests of what it has read. It proves that the browser agrees
 * and reads; Chromium (150) inflates with a window of 32 KiB and its history whatever was agreed, so that it is other
 * readers who would notice a reference too far.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromiumFlags } from "../../../../scripts/chromium-flags.mjs";
import { findTool } from "../../../../scripts/system-tools.mjs";

/** All files, with the browser's start; a page that is stuck tells nothing by itself. */
const PATIENCE = 300_000;

/**
 * What is to be read: a file, and the SHA-256 of its messages in hex.
 * @typedef {{ name: string, windowBits: number, takeover: boolean, digests: string[] }} Replay
 */

/** Runs in the page. @param {{ name: string, count: number }[]} files */
async function readAll(files) {
  /** @type {Record<string, string[]>} */
  const read = {};
  for (const { name, count } of files) {
    /** @type {Promise<string>[]} */
    const digests = [];
    const ended = await new Promise((resolve) => {
      const socket = new WebSocket(`ws://${location.host}/${name}`);
      socket.binaryType = "arraybuffer";
      socket.onmessage = ({ data }) => {
        digests.push(
          crypto.subtle
            .digest("SHA-256", data)
            .then((sum) => Array.from(new Uint8Array(sum), (octet) => octet.toString(16).padStart(2, "0")).join("")),
        );
        if (digests.length === count) socket.close();
      };
      socket.onclose = ({ code, reason }) => resolve(`closed with ${code} ${reason}`);
    });
    read[name] = [...(await Promise.all(digests)), ...(digests.length === count ? [] : [ended])];
  }
  await fetch("/read", { method: "POST", body: JSON.stringify(read) });
}

/** The header of a server's frame: a whole compressed binary message. @param {number} length */
function header(length) {
  if (length < 126) return Buffer.from([0xc2, length]);
  if (length < 65_536) return Buffer.from([0xc2, 126, length >> 8, length & 0xff]);
  return Buffer.from([0xc2, 127, 0, 0, 0, 0, length >> 24, length >> 16, length >> 8, length]);
}

/**
 * Has Chromium read every file, and prints what it read otherwise. Returns the line with the totals.
 *
 * @param {string} folder @param {readonly Replay[]} replays @returns {Promise<string>}
 */
export async function chromiumReads(folder, replays) {
  const executable = findTool("chromium");
  if (executable === undefined) {
    console.log("chromium is missing: apt-get install chromium, or --no-chromium");
    return "0 passed, 1 failed";
  }
  const files = replays.map(({ name, digests }) => ({ name, count: digests.length }));
  /** @type {(read: Record<string, string[]>) => void} */
  let done = () => {};
  /** @type {Promise<Record<string, string[]>>} */
  const reading = new Promise((resolve) => {
    done = resolve;
  });
  const server = createServer((request, response) => {
    if (request.method === "POST") {
      let body = "";
      request.setEncoding("utf8");
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => done(JSON.parse(body)));
      response.end();
      return;
    }
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><script type="module">${readAll};await readAll(${JSON.stringify(files)})</script>`);
  });
  server.on("upgrade", (request, socket) => {
    const replay = replays.find(({ name }) => `/${name}` === request.url);
    if (replay === undefined) return socket.destroy();
    const accept = createHash("sha1")
      .update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest("base64");
    const parameters = `${replay.takeover ? "" : "server_no_context_takeover; "}server_max_window_bits=${replay.windowBits}`;
    socket.on("error", () => {});
    socket.resume();
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n` +
        `Sec-WebSocket-Extensions: permessage-deflate; ${parameters}\r\n\r\n`,
    );
    const file = readFileSync(join(folder, replay.name));
    for (let at = 0; at < file.length; ) {
      const length = file.readUInt32LE(at);
      socket.write(header(length));
      socket.write(file.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    }
    // The page closes when it has read all; its Close frame needs no answer but the end.
    socket.on("data", () => socket.end());
    return undefined;
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const profile = mkdtempSync(join(tmpdir(), "samewire-chromium-"));
  const flags = ["--headless=new", ...chromiumFlags];
  const browser = spawn(executable, [...flags, `--user-data-dir=${profile}`, `http://127.0.0.1:${port}/`], {
    stdio: "ignore",
    detached: true,
  });
  const timer = setTimeout(() => done({}), PATIENCE);
  const read = await reading;
  clearTimeout(timer);
  // The browser and the processes that it started: a group of their own.
  if (browser.pid !== undefined) process.kill(-browser.pid, "SIGKILL");
  await new Promise((resolve) => browser.once("exit", resolve));
  rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  server.closeAllConnections();
  server.close();

  let passed = 0;
  let failed = 0;
  for (const { name, digests } of replays) {
    digests.forEach((digest, index) => {
      const found = read[name]?.[index];
      if (found === digest) {
        passed += 1;
      } else {
        failed += 1;
        console.log(`chromium: ${name}, message ${index}: ${found ?? "nothing"}`);
      }
    });
  }
  return `${passed} passed, ${failed} failed`;
}
