import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import type { Job } from "../src/driver/job.ts";
import { commandFor } from "../src/runtimes.ts";

const DRIVER = fileURLToPath(new URL("../src/driver/main.ts", import.meta.url));
const servers = new Set<Server>();
const sockets = new Set<Socket>();

/** Listens with a handler of connections; answers the port. */
export async function listen(onSocket: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    onSocket(socket);
  });
  servers.add(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as { port: number }).port;
}

/** Ends what `listen` began. */
export function endServers(): void {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
  sockets.clear();
  servers.clear();
}

/** The acceptance of an opening handshake. */
export function openingAnswer(head: Buffer): string {
  const key = /sec-websocket-key: (\S+)/i.exec(head.toString("latin1"))?.[1];
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
}

/** Runs the driver itself with a job. */
export function driveLoad(job: Job): Promise<{ code: number; outcome: string; complaint: string }> {
  const [program, ...args] = commandFor("bun", DRIVER, [JSON.stringify(job)]);
  return new Promise((resolve) => {
    execFile(program as string, args, { timeout: 20_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, outcome: stdout, complaint: stderr });
    });
  });
}
