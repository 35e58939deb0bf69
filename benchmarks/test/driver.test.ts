import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import type { EchoJob, Outcome } from "../src/driver/job.ts";
import { commandFor } from "../src/runtimes.ts";

const DRIVER = fileURLToPath(new URL("../src/driver/main.ts", import.meta.url));
let server: Server | undefined;
const sockets = new Set<Socket>();

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server?.close();
});

/** An echo over bare TCP, or over a handshake and frames, that passes what it sends through `spoil`. */
async function echoServer(
  framing: "raw" | "websocket",
  spoil: (bytes: Buffer, turn: number) => Buffer,
): Promise<number> {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    let opened = framing === "raw";
    let turn = 0;
    let pending = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      if (!opened) {
        const key = /sec-websocket-key: (\S+)/i.exec(chunk.toString("latin1"))?.[1];
        const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
        socket.write(
          `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
        );
        opened = true;
        return;
      }
      turn += 1;
      if (framing === "raw") {
        socket.write(spoil(Buffer.from(chunk), turn));
        return;
      }
      pending = Buffer.concat([pending, chunk]);
      const frames: Buffer[] = [];
      while (pending.length >= 106) {
        const payload = Buffer.from(pending.subarray(6, 106));
        for (const index of payload.keys())
          payload[index] = (payload[index] as number) ^ (pending[2 + (index & 3)] as number);
        frames.push(Buffer.from([pending[0] as number, 100]), payload);
        pending = pending.subarray(106);
      }
      if (frames.length > 0) socket.write(spoil(Buffer.concat(frames), turn));
    });
  });
  const listening = server;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  return (listening.address() as { port: number }).port;
}

function drive(
  port: number,
  framing: "raw" | "websocket",
): Promise<{ code: number; outcome: string; complaint: string }> {
  const job: EchoJob = {
    kind: "echo",
    port,
    pid: process.pid,
    framing,
    connections: 4,
    depth: 3,
    size: 100,
    payload: "binary",
    warmMs: 50,
    measureMs: 150,
    cpuGoal: 0,
  };
  const [program, ...args] = commandFor("bun", DRIVER, [JSON.stringify(job)]);
  return new Promise((resolve) => {
    execFile(program as string, args, { timeout: 20_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, outcome: stdout, complaint: stderr });
    });
  });
}

describe("the load driver", () => {
  for (const framing of ["raw", "websocket"] as const) {
    it(`counts what a right echo over ${framing} sends back`, async () => {
      const { code, outcome, complaint } = await drive(await echoServer(framing, (bytes) => bytes), framing);
      expect(complaint).toBe("");
      expect(code).toBe(0);
      const figures = JSON.parse(outcome) as Outcome;
      expect(figures.messages).toBeGreaterThan(10);
      expect(figures.p50).toBeGreaterThan(0);
      expect(figures.rss).toBeGreaterThan(1_000_000);
      const octets = framing === "raw" ? 106 : 102;
      expect(figures.received / figures.messages / octets).toBeCloseTo(1, 1);
    });

    it(`ends at the first octet that is wrong over ${framing}`, async () => {
      const spoil = (bytes: Buffer, turn: number): Buffer => {
        if (turn === 5) bytes[bytes.length - 1] = (bytes[bytes.length - 1] as number) ^ 1;
        return bytes;
      };
      const { code, complaint } = await drive(await echoServer(framing, spoil), framing);
      expect(code).toBe(1);
      expect(complaint).toContain("the echo differs from what was sent");
    });
  }

  it("ends when more comes back than was sent", async () => {
    const twice = (bytes: Buffer, turn: number): Buffer => (turn === 3 ? Buffer.concat([bytes, bytes]) : bytes);
    const { code, complaint } = await drive(await echoServer("raw", twice), "raw");
    expect(code).toBe(1);
    expect(complaint).toContain("differs");
  });

  it("ends when the handshake's answer is not for its key", async () => {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("data", () => {
        socket.write(
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
        );
      });
    });
    const listening = server;
    await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
    const { code, complaint } = await drive((listening.address() as { port: number }).port, "websocket");
    expect(code).toBe(1);
    expect(complaint).toContain("Sec-WebSocket-Accept is wrong");
  });
});
