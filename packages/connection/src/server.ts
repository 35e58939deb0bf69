import type { Bytes } from "./message.ts";
import type { PreparedMessage } from "./prepared-message.ts";
import type { DrainReport, ServerCore } from "./server-core.ts";
import type { WebSocketConnection } from "./web-socket-connection.ts";

/** A socket that listens. */
export interface Listener {
  /** The TCP port in use; 0 for a Unix socket. */
  readonly port: number;
  /** Stops listening. Connections that are open stay. */
  stop(): Promise<void>;
}

/** A running server as `serve` returns it: the same on every adapter that listens. */
export interface Server<C> extends AsyncDisposable {
  /**
   * `ws://host:port` or `wss://host:port`, for `connect`. For a Unix socket `ws+unix:path`, which only names it: a client
   * gives the path as an option.
   */
  readonly url: string;
  /** The TCP port in use; 0 for a Unix socket. */
  readonly port: number;
  /** The open connections, and those that are over while a handler of theirs still runs. A new set at each access. */
  readonly connections: ReadonlySet<WebSocketConnection<C>>;
  /** Sends a message to all that subscribed to `topic`, encoded once; returns to how many. */
  publish(topic: string, message: string | Bytes | PreparedMessage): number;
  /**
   * Shuts down with care: new upgrades get 503, connections are closed with 1001, and what was accepted is sent. At the
   * deadline, in milliseconds (default 10 s), what is left is cut off. Then the port is given back.
   */
  drain(options?: { readonly deadline?: number | undefined }): Promise<DrainReport>;
  /** Shuts down at once: every connection is cut off, the port is given back. */
  close(): Promise<void>;
}

/** @param listener what feeds `core`, with the server's {@link Server.url} */
export function makeServer<C>(core: ServerCore<C>, listener: Listener & { readonly url: string }): Server<C> {
  const close = async (): Promise<void> => {
    core.terminate();
    await listener.stop();
  };
  return {
    url: listener.url,
    port: listener.port,
    get connections() {
      return core.connections;
    },
    publish: (topic, message) => core.publish(topic, message),
    drain: async (options) => {
      const report = await core.drain(options);
      await listener.stop();
      return report;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
