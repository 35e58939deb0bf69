/** A server and clients joined in memory, on a clock that the test owns. */
import { randomFillSync } from "node:crypto";
import type { DeflateEngine } from "@samewire/codec";
import { pakoEngine } from "../src/compression/pako-engine.ts";
import {
  type ConnectOptions,
  connectWith,
  type Runtime,
  ServerCore,
  type ServerOptions,
  type WebSocketConnection,
} from "../src/index.ts";
import { FakeClock, type MemoryOptions, type MemorySocket, memoryPair } from "../src/testing/index.ts";

export interface World<C> {
  readonly clock: FakeClock;
  readonly core: ServerCore<C>;
  /** Opens a stream to the server and gives its client end, with nothing sent. */
  stream(): MemorySocket;
  connect(options?: ConnectOptions): Promise<WebSocketConnection>;
  /** The client ends of all streams so far. */
  readonly sockets: MemorySocket[];
}

export function world<C = undefined>(
  options: ServerOptions<C> = {} as ServerOptions<C>,
  memory: MemoryOptions = {},
  deflate: () => DeflateEngine = pakoEngine,
): World<C> {
  const clock = new FakeClock();
  const runtime: Runtime = {
    name: "memory",
    clock,
    randomFill: (bytes) => randomFillSync(bytes),
    deflate,
  };
  const core = new ServerCore<C>(options, runtime);
  const sockets: MemorySocket[] = [];
  const stream = (): MemorySocket => {
    const [client, server] = memoryPair(clock, memory);
    server.handler = core.accept(server);
    sockets.push(client);
    return client;
  };
  const connect = async (clientOptions: ConnectOptions = {}): Promise<WebSocketConnection> => {
    const connecting = connectWith(
      async (_target, attach) => {
        const socket = stream();
        socket.handler = attach(socket);
      },
      "ws://localhost/",
      clientOptions,
      runtime,
    );
    connecting.catch(() => {});
    await clock.settle();
    return connecting;
  };
  return { clock, core, stream, connect, sockets };
}

/** The next message, with the world's turns that it takes. */
export async function take(clock: FakeClock, socket: WebSocketConnection): Promise<string | Uint8Array | undefined> {
  const received = socket.receive();
  await clock.settle();
  return received;
}

/** What arrives at the client's end of the first stream from now on, a string a chunk, an octet a character. */
export function wireOf<C>({ sockets }: World<C>): readonly string[] {
  const client = sockets[0]?.handler;
  if (client === undefined) throw new Error("no stream");
  const wire: string[] = [];
  const { onBytes } = client;
  client.onBytes = (chunk, memory) => {
    wire.push(Buffer.from(chunk).toString("latin1"));
    onBytes.call(client, chunk, memory);
  };
  return wire;
}
