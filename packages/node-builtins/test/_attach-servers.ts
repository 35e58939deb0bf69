/** Servers of `node:http` that the suites of `attach` stand on. */
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after } from "node:test";
import { connectWith, type Runtime, type WebSocketConnection } from "@samewire/connection";
import {
  type AttachedServer,
  type AttachOptions,
  nodeClock,
  randomFill,
  type UpgradableServer,
  zlibEngine,
} from "@samewire/node-builtins";
import { dial } from "./_streams.ts";

export const runtime: Runtime = { name: "test", clock: nodeClock, randomFill, deflate: zlibEngine };
const servers: { close(): unknown }[] = [];
after(() => {
  for (const server of servers) server.close();
});

export async function listening<S extends UpgradableServer>(server: S): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve());
  });
  return (server.address() as AddressInfo).port;
}

/** As an adapter has it. */
export type Attach = <C>(server: UpgradableServer, options: AttachOptions<C>) => AttachedServer<C>;

export const echo: AttachOptions = { message: (socket, message) => void socket.send(message) };

export async function httpServer(): Promise<{ server: HttpServer; port: number }> {
  const server = createServer((_request, response) => response.end("plain"));
  return { server, port: await listening(server) };
}

export function open(port: number, target = "/", more = {}): Promise<WebSocketConnection> {
  return connectWith(dial, `ws://127.0.0.1:${port}${target}`, more, runtime);
}
