import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ChurnJob, EchoJob, IdleJob } from "../src/driver/job.ts";
import { driveLoad, endServers, listen, openingAnswer } from "./drive-load.ts";

/** A process whose memory may be read, and which heeds the signal that asks for a collection. */
let watched: ChildProcess;
beforeEach(async () => {
  watched = spawn(process.execPath, [
    "-e",
    "process.on('SIGUSR2', () => {}); setInterval(() => {}, 1000); console.log('ready')",
  ]);
  await once(watched.stdout as NodeJS.EventEmitter, "data");
});
afterEach(() => {
  watched.kill();
  endServers();
});

const common = () => ({ pid: watched.pid as number, warmMs: 50, measureMs: 150, cpuGoal: 0 });

describe("idle connections", () => {
  /** Echoes over bare TCP; closes the connection with this number, from 0, before its memory is read. */
  const server = (closed: number | undefined): Promise<number> => {
    let count = 0;
    return listen((socket) => {
      if (count === closed) setTimeout(() => socket.end(), 20);
      count += 1;
      socket.on("data", (chunk: Buffer) => socket.write(chunk));
    });
  };
  // The first 64 prime the subject.
  const idle = (port: number): IdleJob => ({ ...common(), kind: "idle", port, framing: "raw", connections: 20 });
  const beside = (port: number): EchoJob => ({
    ...common(),
    kind: "echo",
    port,
    framing: "raw",
    connections: 2,
    idle: 10,
    depth: 1,
    size: 100,
    payload: "binary",
  });

  it("are measured while they are open", async () => {
    expect(await driveLoad(idle(await server(undefined)))).toMatchObject({ code: 0, complaint: "" });
    expect(await driveLoad(beside(await server(undefined)))).toMatchObject({ code: 0, complaint: "" });
  });

  it("fail the run when the subject closes one", async () => {
    const { code, complaint } = await driveLoad(idle(await server(70)));
    expect(complaint).toContain("the subject closed 1 of 20 idle connections");
    expect(code).toBe(1);
  });

  it("fail the run when the subject closes one beside busy ones", async () => {
    const { code, complaint } = await driveLoad(beside(await server(3)));
    expect(complaint).toContain("the subject closed 1 of 10 idle connections");
    expect(code).toBe(1);
  });
});

describe("the closing handshake of churn", () => {
  /** Answers a Close frame with these parts, a few milliseconds apart, then ends TCP. */
  const server = (...parts: readonly (readonly number[])[]): Promise<number> =>
    listen((socket) => {
      socket.setNoDelay(true);
      socket.once("data", (head: Buffer) => {
        socket.write(openingAnswer(head));
        socket.once("data", async () => {
          for (const part of parts) {
            socket.write(Uint8Array.from(part));
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
          socket.end();
        });
      });
    });
  const churn = (port: number): ChurnJob => ({
    ...common(),
    kind: "churn",
    port,
    framing: "websocket",
    connections: 4,
    limit: 2000,
  });

  it("is the Close frame that was sent, in any split", async () => {
    expect(await driveLoad(churn(await server([0x88, 2, 3, 0xe8])))).toMatchObject({ code: 0, complaint: "" });
    expect(await driveLoad(churn(await server([0x88], [2, 3], [0xe8])))).toMatchObject({ code: 0, complaint: "" });
  });

  for (const [what, answer] of [
    ["without a status code", [0x88, 0]],
    ["with another status code", [0x88, 2, 3, 0xe9]],
    ["with a reason", [0x88, 3, 3, 0xe8, 0x61]],
    ["behind a message", [0x81, 1, 0x61, 0x88, 2, 3, 0xe8]],
    ["cut short", [0x88, 2, 3]],
  ] as const) {
    it(`is none ${what}`, async () => {
      const { code, complaint } = await driveLoad(churn(await server(answer)));
      expect(complaint).toContain("the Close frame that came back is not the one that was sent");
      expect(code).toBe(1);
    });
  }
});
