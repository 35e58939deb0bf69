import type { ConformanceCase } from "../case.ts";
import { NoRequest } from "../case-failure.ts";
import type { ConnectOptions } from "../connect-options.ts";
import { openAsServer } from "../opening.ts";
import { type OpenOptions, Peer, type RunSettings } from "../peer.ts";
import { parseTarget } from "../transport/dial.ts";
import { type Arrival, type Listener, listen } from "../transport/listener.ts";
import { Transport } from "../transport/transport.ts";
import { ClientProcess } from "./client-process.ts";
import type { Endpoint, Session } from "./endpoint.ts";

/** A process may take this long to start and connect. */
const START_PATIENCE = 15_000;
/** And this long to exit by itself once its connection is closed. */
const EXIT_PATIENCE = 1_500;

/** Tests a client that is started once per connection with the URL of a server that is scripted for the run. */
export class CommandEndpoint implements Endpoint {
  readonly launchesClients = true;
  readonly repeats = true;
  readonly #command: readonly string[];
  readonly #waiting = new Map<string, (arrival: Arrival) => void>();
  #listener: Listener | undefined;

  private constructor(command: readonly string[]) {
    this.#command = command;
  }

  /** Listens on `port` (0 for a free one) of 127.0.0.1. */
  static async start(port: number, command: readonly string[]): Promise<CommandEndpoint> {
    const endpoint = new CommandEndpoint(command);
    endpoint.#listener = await listen(port, (arrival) => endpoint.#arrive(arrival));
    return endpoint;
  }

  begin(_test: ConformanceCase, run: string, settings: RunSettings): Session {
    const peers: Peer[] = [];
    const processes: ClientProcess[] = [];
    const listeners: Listener[] = [];
    return {
      ready: () => Promise.resolve(),
      connect: async (options: ConnectOptions = {}) => {
        const resource = `/run/${run}/${processes.length + 1}`;
        const arrival = this.#expectArrival(resource);
        let base = `ws://127.0.0.1:${this.#listener?.port}`;
        if (options.tls !== undefined) {
          const secure = await listen(0, (client) => this.#arrive(client), options.tls);
          listeners.push(secure);
          base = `wss://localhost:${secure.port}`;
        }
        const client = new ClientProcess(this.#command, `${base}${resource}`);
        processes.push(client);
        const socket = await firstOf(arrival, client).finally(() => this.#waiting.delete(resource));
        const peer = new Peer(new Transport(socket, settings.log), settings, parseTarget(`${base}${resource}`));
        peers.push(peer);
        peer.request = await peer.readHead();
        return peer;
      },
      open: (peer: Peer, options: OpenOptions | undefined) => openAsServer(peer, options),
      async finish() {
        for (const peer of peers) peer.transport.dispose();
        for (const client of processes) {
          settings.log.event(`the client ${await client.finish(EXIT_PATIENCE)}`);
          if (client.stderr !== "") settings.log.event(`the client's stderr: ${client.stderr}`);
        }
        await Promise.all(listeners.map((listener) => listener.close()));
      },
    };
  }

  async close(): Promise<void> {
    await this.#listener?.close();
  }

  #arrive(arrival: Arrival): void {
    const take = this.#waiting.get(arrival.resource);
    if (take === undefined) arrival.socket.destroy();
    else take(arrival);
  }

  #expectArrival(resource: string): Promise<Arrival> {
    return new Promise((resolve) => this.#waiting.set(resource, resolve));
  }
}

/** The client's socket, or a {@link NoRequest} if its process ends or dawdles first. */
async function firstOf(arrival: Promise<Arrival>, client: ClientProcess): Promise<Arrival["socket"]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `the client did not connect within ${START_PATIENCE} ms`;
    timer = setTimeout(() => reject(new NoRequest(message)), START_PATIENCE);
  });
  const gone = client.exit.then((how) => {
    throw new NoRequest(`the client ${how} without a request; its stderr: ${client.stderr || "(empty)"}`);
  });
  try {
    return (await Promise.race([arrival, gone, late])).socket;
  } finally {
    clearTimeout(timer);
    gone.catch(() => {});
  }
}
