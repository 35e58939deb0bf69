import type { Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { EchoJob, Outcome } from "../src/driver/job.ts";
import { driveLoad, endServers, listen, openingAnswer } from "./drive-load.ts";

afterEach(endServers);

/** An echo over bare TCP, or over a handshake and frames, that passes what it sends through `spoil`. */
function echoServer(framing: "raw" | "websocket", spoil: (bytes: Buffer, turn: number) => Buffer): Promise<number> {
  return listen((socket: Socket) => {
    let opened = framing === "raw";
    let turn = 0;
    let pending = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      if (!opened) {
        socket.write(openingAnswer(chunk));
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
  return driveLoad(job);
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
    const port = await listen((socket) => {
      socket.on("data", () => {
        socket.write(
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
        );
      });
    });
    const { code, complaint } = await drive(port, "websocket");
    expect(code).toBe(1);
    expect(complaint).toContain("Sec-WebSocket-Accept is wrong");
  });
});
