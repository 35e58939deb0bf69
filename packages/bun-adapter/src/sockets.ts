/** The byte streams of Bun without any WebSocket: what `serve` and `connect` stand on, and what the contract suite tests. */
import { type Accept, checkServerTls, type Dial, type Listener, type TlsOptions } from "@samewire/connection";
import { type ListenAddress, listenAnywhere, listenFresh } from "@samewire/node-builtins";
import { BunSocket } from "./bun-socket.ts";

/** TLS, the same for a server and a client; `native` is passed to Bun and wins. */
export interface BunTls extends TlsOptions {
  readonly native?: Bun.TLSOptions | undefined;
}

/** Where a server listens, and what else of it is the runtime's. */
export interface ListenOptions extends ListenAddress {
  /** Lets several processes listen on the same port; the system spreads the connections over them (Linux). */
  readonly reusePort?: boolean | undefined;
  /** Serves `wss:`. */
  readonly tls?: BunTls | undefined;
}

type State = BunSocket | undefined;
type Handlers = Bun.SocketHandler<State>;

/** Listens and hands each connection to `accept`, which answers with the handler of its events. */
export async function listen(options: ListenOptions, accept: Accept): Promise<Listener> {
  const { port = 0, host, path, reusePort = false, tls } = options;
  if (tls !== undefined) checkServerTls(tls);
  const socket: Handlers = {
    ...events,
    // With a `handshake` handler Bun calls `open` before TLS begins: the deadlines of the opening handshake cover it.
    open: (socket) => begin(socket, tls !== undefined, accept),
    handshake: (socket, success, error) => {
      if (!success) socket.data?.failed(error ?? new Error("the TLS handshake failed"));
    },
  };
  const shared = { socket, allowHalfOpen: true, tls: tls === undefined ? false : tlsOptions(tls) };
  // Its declarations do not say so, but `Bun.listen` takes `reusePort`.
  const tcp = (hostname: string): Bun.TCPSocketListenOptions<State> & { reusePort: boolean } => ({
    ...shared,
    hostname,
    port,
    reusePort,
  });
  const listener = await listenFresh(options, () =>
    path === undefined ? listenAnywhere(host, (name) => Bun.listen(tcp(name))) : Bun.listen({ ...shared, unix: path }),
  );
  return {
    port: ("port" in listener ? listener.port : undefined) ?? 0,
    stop: async () => listener.stop(false),
  };
}

/** Opens a byte stream. */
export const dial: Dial = ({ host, port, path, tls, signal }, attach) =>
  new Promise((resolve, reject) => {
    let opened: Bun.Socket<State> | undefined;
    const settle = (): void => signal.removeEventListener("abort", onAbort);
    const onAbort = (): void => {
      settle();
      reject(signal.reason);
      // What is not open yet cannot be stopped: `open` does it.
      opened?.terminate();
    };
    const ready = (socket: Bun.Socket<State>): void => {
      if (signal.aborted) return;
      settle();
      begin(socket, tls !== undefined, attach);
      resolve();
    };
    const fail = (error: unknown): void => {
      settle();
      reject(error);
    };
    const socket: Handlers = {
      ...events,
      open(socket) {
        opened = socket;
        if (signal.aborted) socket.terminate();
        else if (tls === undefined) ready(socket);
      },
      handshake(socket, success, error) {
        if (success) ready(socket);
        else fail(error ?? new Error("the TLS handshake failed"));
      },
      close(socket, error) {
        if (socket.data === undefined) fail(error ?? new Error(`${path ?? host} closed the connection`));
        else socket.data.closed(error);
      },
      connectError: (_socket, error) => fail(error),
    };
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    signal.addEventListener("abort", onAbort);
    const shared = { socket, allowHalfOpen: true, tls: tls === undefined ? false : tlsOptions(tls, host) };
    const connecting =
      path === undefined ? Bun.connect({ ...shared, hostname: host, port }) : Bun.connect({ ...shared, unix: path });
    connecting.catch(fail);
  });

/** One set of listeners for every connection; a socket carries its own state. */
const events: Handlers = {
  binaryType: "uint8array",
  data: (socket, chunk: Uint8Array) => socket.data?.received(chunk),
  drain: (socket) => socket.data?.drained(),
  end: (socket) => socket.data?.ended(),
  close: (socket, error) => socket.data?.closed(error),
  error: (socket, error) => socket.data?.failed(error),
};

function begin(socket: Bun.Socket<State>, secure: boolean, accept: Accept): void {
  const port = new BunSocket(socket, secure);
  // Without Nagle's algorithm: Bun has switched it off.
  socket.data = port;
  port.start(accept(port));
}

function tlsOptions({ cert, key, ca, serverName, native }: BunTls, host?: string): Bun.TLSOptions {
  const name = serverName ?? host;
  return {
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(ca === undefined ? {} : { ca: ca as string | string[] }),
    ...(name === undefined ? {} : { serverName: name }),
    ...native,
  };
}
