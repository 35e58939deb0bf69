import {
  checkOption,
  ignoreRejection,
  isThenable,
  type Runtime,
  type Server,
  ServerCore,
  type ServerOptions,
  UsageError,
} from "@samewire/connection";
import { NodeSocket } from "./node-socket.ts";
import {
  type Endpoint,
  type ToSocket,
  type Unmatched,
  type UpgradableServer,
  UpgradeRouter,
} from "./upgrade-router.ts";

/** What `attach` takes: handlers and policy as for `serve`, and which upgrades are meant. */
export type AttachOptions<C = undefined> = ServerOptions<C> & {
  /**
   * The path of the endpoint: the same string, or a function of the request target without its query. Without it
   * every upgrade is meant. Of several endpoints on one server the first that matches takes the upgrade. Where the
   * function throws, the answer is 500, and `openingError` hears of it.
   */
  readonly path?: string | ((path: string) => boolean) | undefined;
  /**
   * An upgrade that no endpoint on the server claims: `refuse` answers 404, `leave` never touches it. By default it is
   * left if the server has other `upgrade` listeners, and refused if it has none.
   */
  readonly unmatched?: Unmatched | undefined;
};

/** An endpoint on a server of somebody else's: its connections, not its port. */
export type AttachedServer<C> = Omit<Server<C>, "url" | "port">;

/**
 * Serves WebSocket on an existing server through its `upgrade` event. The server's own HTTP handling stays as it is,
 * and so does its listening: `drain` and `close` end the connections and detach.
 *
 * @param toSocket makes the Socket port over the stream of an upgrade
 */
export function attachTo<C>(
  server: UpgradableServer,
  options: AttachOptions<C>,
  runtime: Runtime,
  toSocket: ToSocket = (stream) => new NodeSocket(stream),
): AttachedServer<C> {
  const core = new ServerCore<C>(options, runtime);
  const { path, unmatched } = options;
  checkHttpServer(server);
  checkEndpoint(path, unmatched);
  const matches = (candidate: string): boolean =>
    typeof path === "function" ? answerOf(path(candidate)) : path === undefined || candidate === path;
  const endpoint: Endpoint = { matches, unmatched, core };
  const router = UpgradeRouter.of(server, runtime, toSocket);
  router.add(endpoint);
  const close = async (): Promise<void> => {
    router.remove(endpoint);
    core.terminate();
  };
  return {
    get connections() {
      return core.connections;
    },
    publish: (topic, message) => core.publish(topic, message),
    async drain(drainOptions) {
      const report = await core.drain(drainOptions);
      router.remove(endpoint);
      return report;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** @throws UsageError on a promise, which is truthy, but nobody's yes */
function answerOf(result: unknown): boolean {
  if (!isThenable(result)) return Boolean(result);
  ignoreRejection(result);
  throw new UsageError("path-result", "path returns true or false, not a promise");
}

/** @throws UsageError on anything else, such as the application of a framework, which gets no upgrades */
function checkHttpServer(server: unknown): void {
  const { on, address } = (server ?? {}) as Partial<UpgradableServer>;
  const isServer = typeof on === "function" && typeof address === "function";
  checkOption(isServer, "attach takes a server of node:http, as `listen` of a framework returns it", server);
}

function checkEndpoint(path: unknown, unmatched: unknown): void {
  const isPath = path === undefined || typeof path === "string" || typeof path === "function";
  checkOption(isPath, "path is a string or a function", path);
  const isComparable = typeof path !== "string" || /^\/[^?#]*$/.test(path);
  checkOption(isComparable, "path begins with a slash and has no query", path);
  const isUnmatched = unmatched === undefined || unmatched === "refuse" || unmatched === "leave";
  checkOption(isUnmatched, 'unmatched is "refuse" or "leave"', unmatched);
}
