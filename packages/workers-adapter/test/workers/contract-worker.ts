/** The socket contract inside workerd: both ends are sockets of one Durable Object, joined by relays outside. */
import { DurableObject } from "cloudflare:workers";
import type { Socket as PortSocket, SocketHandler } from "@samewire/connection";
import { socketContract } from "@samewire/connection/testing/socket-contract";
import { accept, dial, forward } from "@samewire/workers/sockets";
import { type TestResult, tests } from "./node-test.ts";
import { ask, relaysAt } from "./reset-proxy.ts";

type Accept = (socket: PortSocket) => SocketHandler;

interface Env {
  readonly HUB: DurableObjectNamespace;
}

let onSocket: Accept | undefined;
let ownPort = 0;

socketContract({
  name: "workerd TCP",
  secure: false,
  async listen(attach) {
    onSocket = attach;
    const port = Number(await ask("open", ownPort));
    return {
      port,
      stop: async () => void (await ask("stop", port)),
    };
  },
  dial: (port, signal, attach) => dial({ host: "127.0.0.1", port, signal, tls: undefined, path: undefined }, attach),
});

export class ContractHub extends DurableObject {
  override async connect(socket: Socket): Promise<void> {
    const { localAddress } = await socket.opened;
    if (onSocket !== undefined) await accept(socket, localAddress, onSocket);
  }

  /** `/TCP-PORT/RELAY-PORT`: runs every test, one after the other. */
  override async fetch(request: Request): Promise<Response> {
    const [, own, relays] = new URL(request.url).pathname.split("/").map(Number);
    ownPort = own as number;
    relaysAt(relays as number);
    const results: TestResult[] = [];
    for (const { name, timeout, run } of tests) {
      const began = Date.now();
      let error: string | undefined;
      const late = new Promise((_, reject) => setTimeout(() => reject(new Error("timeout")), timeout));
      try {
        await Promise.race([run(), late]);
      } catch (thrown) {
        error = String((thrown as Error).stack ?? thrown);
      }
      results.push({ name, error, milliseconds: Date.now() - began });
    }
    return Response.json(results);
  }
}

const hub = (env: Env): DurableObjectStub => env.HUB.get(env.HUB.idFromName("contract"));

export default {
  connect: (socket, env) => forward(socket, hub(env)),
  fetch: (request, env) => hub(env).fetch(request),
} satisfies ExportedHandler<Env>;
