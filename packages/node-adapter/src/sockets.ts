/** The byte streams of Node without any WebSocket: what `serve` and `connect` stand on, and what the contract suite tests. */
import {
  createServer,
  isIP,
  type NetConnectOpts,
  type Socket as NetSocket,
  connect as netConnect,
  type Server,
} from "node:net";
import {
  type ConnectionOptions,
  checkServerIdentity,
  createServer as createTlsServer,
  type TlsOptions as NodeTls,
  connect as tlsConnect,
} from "node:tls";
import {
  type Accept,
  checkServerTls,
  DEFAULT_SETTINGS,
  type Dial,
  type Listener,
  MAX_DELAY,
  type TlsOptions,
} from "@samewire/connection";
import { type ListenAddress, listenFresh, NodeSocket, type StreamSocket } from "@samewire/node-builtins";
import { SharedReadSocket, sharedReads, toSocket } from "./shared-reads.ts";

/** TLS of a server; `native` is passed to `tls.createServer` and wins. */
export interface ServerTls extends TlsOptions {
  readonly native?: NodeTls | undefined;
}

/** TLS of a client; `native` is passed to `tls.connect` and wins. */
export interface ClientTls extends TlsOptions {
  readonly native?: ConnectionOptions | undefined;
}

/** Where a server listens, and what else of it is the runtime's. */
export interface ListenOptions extends ListenAddress {
  /** Connections that may wait to be accepted. Default 511. */
  readonly backlog?: number | undefined;
  /** Serves `wss:`. */
  readonly tls?: ServerTls | undefined;
  /** Time for the TLS handshake in milliseconds; default 10 s, 0: no deadline. The opening handshake has as much again. */
  readonly handshakeTimeout?: number | undefined;
}

/** Listens and hands each connection to `accept`, which answers with the handler of its events. */
export function listen(options: ListenOptions, accept: Accept): Promise<Listener> {
  return listenFresh(options, () => listenOnce(options, accept));
}

function listenOnce(options: ListenOptions, accept: Accept): Promise<Listener> {
  const { port = 0, host, path, backlog, tls, handshakeTimeout = DEFAULT_SETTINGS.handshakeTimeout } = options;
  const begin = (socket: StreamSocket): void => socket.start(accept(socket));
  let server: Server;
  if (tls === undefined) {
    const serverOptions = { allowHalfOpen: true, noDelay: true };
    server = createServer(serverOptions, (stream) => {
      // Node's own does nothing where both sides may end. Beside ours it would be an array, 64 bytes a connection.
      for (const listener of stream.listeners("end")) stream.off("end", listener as () => void);
      begin(toSocket(stream));
    });
  } else {
    checkServerTls(tls);
    const { cert, key, ca, native } = tls;
    const material = { cert, key, ca: ca as string | string[] | undefined };
    // Node takes 0 for its own default of 120 s, and throws for Infinity where nobody can catch it, once a connection.
    const timeout = Math.min(handshakeTimeout === 0 ? MAX_DELAY : handshakeTimeout, MAX_DELAY);
    // Not half-open, so that a client that leaves within the TLS handshake is let go of; StreamSocket makes it so afterwards.
    const tlsOptions = { ...material, handshakeTimeout: timeout, noDelay: true, ...native };
    server = createTlsServer(tlsOptions as NodeTls, (stream) => begin(toSocket(stream)));
    // Node only tells that the handshake failed or took too long; the stream is ours to close.
    server.on("tlsClientError", (_error, stream: NetSocket) => stream.destroy());
  }
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ ...(path === undefined ? { port, host } : { path }), backlog }, () => {
      server.off("error", reject);
      // One connection could not be accepted (no file descriptor left, say); the listener goes on.
      server.on("error", () => {});
      const address = server.address();
      resolve({
        port: typeof address === "object" && address !== null ? address.port : 0,
        async stop(): Promise<void> {
          // A TLS handshake under way ends by its own deadline.
          server.close();
        },
      });
    });
  });
}

/** Opens a byte stream; `node:net` tries the addresses of a name one after another (RFC 8305). */
export const dial: Dial = ({ host, port, path, tls, signal }, attach) =>
  new Promise((resolve, reject) => {
    const plain = { ...target(host, port, path), onread: sharedReads() };
    const stream = tls === undefined ? netConnect(plain) : dialTls(host, port, path, tls);
    const onAbort = (): void => {
      stream.destroy();
      reject(signal.reason);
    };
    stream.once("error", reject);
    stream.once(tls === undefined ? "connect" : "secureConnect", () => {
      signal.removeEventListener("abort", onAbort);
      const socket = tls === undefined ? new SharedReadSocket(stream) : new NodeSocket(stream);
      socket.start(attach(socket));
      stream.off("error", reject);
      resolve();
    });
    // A close without an error: the peer hung up during the TLS handshake.
    stream.once("close", () => {
      signal.removeEventListener("abort", onAbort);
      reject(new Error(`${path ?? host} closed the connection`));
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort);
  });

function target(host: string, port: number, path: string | undefined): NetConnectOpts {
  return path === undefined ? { host, port, allowHalfOpen: true, noDelay: true } : { path, allowHalfOpen: true };
}

function dialTls(host: string, port: number, path: string | undefined, tls: ClientTls): NetSocket {
  const { cert, key, ca, serverName, native } = tls;
  // A name, never an address, goes into SNI (RFC 6066 section 3); the certificate is checked against either.
  const expected = serverName ?? host;
  const names: ConnectionOptions = { servername: isIP(expected) === 0 ? expected : "" };
  if (!names.servername && expected !== host) {
    // Without a name, Node looks for the host.
    names.checkServerIdentity = (_host, certificate) => checkServerIdentity(expected, certificate);
  }
  const material = { cert, key, ca: ca as string | string[] | undefined };
  const given = { ...target(host, port, path), host, ...material, ...names, ...native } as ConnectionOptions;
  // Node 20 takes no notice of `noDelay` in `tls.connect`; Node 24 does.
  return tlsConnect(given).setNoDelay(true);
}
