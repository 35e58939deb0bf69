import type { PreparedMessage, ServerOptions, WebSocketConnection } from "@samewire/connection";
import { type Bytes, type DrainReport, ServerCore, UsageError } from "@samewire/connection";
import { Hub, type HubCalls } from "./hub.ts";
import { forward } from "./sockets.ts";
import { workersRuntime } from "./workers-runtime.ts";

/** What `serve` takes: handlers and policy, the same on every runtime. Where to listen is workerd's configuration. */
export type ServeOptions<C = undefined> = ServerOptions<C> & {
  /** The name of the binding of the hub's namespace. Default `HUB`. */
  readonly binding?: string | undefined;
};

/**
 * A server as a module of a Worker: `export default server` gives workerd its `connect` handler, and `export const
 * { Hub } = server` the class of the Durable Object that holds the connections.
 *
 * `connections`, `publish` and `drain` are those of a server on any runtime; they work where the connections are, in
 * the server's own handlers: elsewhere they break connections, and tell nobody. Other code asks the hub's stub
 * ({@link WorkersServer.hub}).
 */
export interface WorkersServer<C> {
  /** Forwards a TCP connection to the hub; workerd calls it. */
  connect(socket: Socket, env: unknown): Promise<void>;
  /** The class of the hub, to be exported by name and bound as a Durable Object namespace. */
  readonly Hub: new (
    state: DurableObjectState,
    env: unknown,
  ) => Hub<C>;
  /** The hub's stub: `publish`, `connectionCount` and `drain` from anywhere in the Worker. */
  hub(env: unknown): HubStub;
  /** The open connections. */
  readonly connections: ReadonlySet<WebSocketConnection<C>>;
  /** Sends a message to all that subscribed to `topic`, encoded once; returns to how many. */
  publish(topic: string, message: string | Bytes | PreparedMessage): number;
  /** 503 for new upgrades, 1001 to the others, and what was accepted is sent; the rest is cut off at the deadline. */
  drain(options?: { readonly deadline?: number | undefined }): Promise<DrainReport>;
}

/** A hub as it is seen from outside: the same calls, answered later. */
export type HubStub = {
  readonly [Name in keyof HubCalls]: (
    ...args: Parameters<HubCalls[Name]>
  ) => Promise<Awaited<ReturnType<HubCalls[Name]>>>;
};

/** All connections meet in one object: the name tells nothing. */
const HUB_NAME = "samewire";

/**
 * Serves WebSocket, and plain HTTP requests beside it, on the TCP sockets that workerd's configuration hands to this
 * Worker. While the module loads only the options are checked: the server begins with its first connection.
 *
 * @throws UsageError if an option is not what it must be
 */
export function serve<C = undefined>(options: ServeOptions<C>): WorkersServer<C> {
  // For its checks alone: workerd reports a mistake here, where the first client would only see its connection end.
  new ServerCore(options, workersRuntime);
  const binding = options.binding ?? "HUB";
  let running: Hub<C> | undefined;

  class ServerHub extends Hub<C> {
    constructor(state: DurableObjectState, env: unknown) {
      super(state, env, options);
      // workerd lets go of a hub that nobody uses, and makes another: a server that was drained stays so.
      if (running?.core.draining) this.core.terminate();
      running = this;
    }
  }

  const stub = (env: unknown): DurableObjectStub => {
    const namespace = (env as Record<string, DurableObjectNamespace | undefined> | undefined)?.[binding];
    if (namespace === undefined) throw new UsageError("option", `no Durable Object namespace is bound as ${binding}`);
    return namespace.get(namespace.idFromName(HUB_NAME));
  };

  return {
    connect: (socket, env) => forward(socket, stub(env)),
    Hub: ServerHub,
    hub: (env) => stub(env) as unknown as HubStub,
    get connections() {
      return running?.core.connections ?? new Set<WebSocketConnection<C>>();
    },
    publish: (topic, message) => running?.core.publish(topic, message) ?? 0,
    drain: async (drainOptions) => (await running?.core.drain(drainOptions)) ?? { closed: 0, terminated: 0 },
  };
}
