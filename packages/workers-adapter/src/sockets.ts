/** The byte streams of workerd without any WebSocket: what `serve` and `connect` stand on, and what the contract suite tests. */
import { connect } from "cloudflare:sockets";
import { type Accept, type Dial, type PeerInfo, type TlsOptions, UsageError } from "@samewire/connection";
import { NO_ADDRESS, peerInfo } from "./peer-info.ts";
import { WorkersSocket } from "./workers-socket.ts";

/**
 * TLS of a client. Which authorities are trusted is the runtime's configuration (workerd: `tlsOptions` of its network
 * service), and there are no client certificates: only the name to expect can be chosen.
 */
export type WorkersTls = Pick<TlsOptions, "serverName">;

/** Opens a byte stream through `cloudflare:sockets`. */
export const dial: Dial = async ({ host, port, path, tls, signal }, attach) => {
  signal.throwIfAborted();
  if (path !== undefined) throw new UsageError("option", "workerd reaches no Unix sockets");
  const { serverName, ...rest }: TlsOptions = tls ?? {};
  if (Object.values(rest).some((value) => value !== undefined)) {
    throw new UsageError(
      "option",
      "workerd takes certificates from its configuration: of tls, only serverName can be set",
    );
  }
  const hostname = host.includes(":") ? `[${host}]` : host;
  const secureTransport = tls === undefined ? "off" : serverName === undefined ? "on" : "starttls";
  const plain = connect({ hostname, port }, { secureTransport, allowHalfOpen: true });
  let socket = plain;
  const close = (): void => {
    socket.close().catch(() => {});
    if (plain !== socket) plain.close().catch(() => {});
  };
  signal.addEventListener("abort", close);
  socket.closed.catch(() => {});
  try {
    if (serverName !== undefined) {
      // Only the socket below tells where nobody listens: the one above it then never opens.
      await socket.opened;
      signal.throwIfAborted();
      socket = socket.startTls({ expectedServerHostname: serverName });
      socket.closed.catch(() => {});
    }
    const { remoteAddress } = await socket.opened;
    signal.throwIfAborted();
    begin(socket, peerInfo(remoteAddress, tls !== undefined), () => {}, attach);
  } catch (error) {
    close();
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", close);
  }
};

/**
 * Takes a socket that workerd passed to a `connect` handler.
 *
 * @param peerAddress the peer's `host:port` as far as it is known
 * @returns resolves when the socket is closed: workerd ends what a handler began when the handler ends
 */
export function accept(socket: Socket, peerAddress: string | undefined, attach: Accept): Promise<void> {
  return new Promise((resolve) => begin(socket, peerInfo(peerAddress, false), resolve, attach));
}

/** A Durable Object, or another Worker, that takes sockets. */
export interface SocketTarget {
  connect(address: string, options: { readonly allowHalfOpen: boolean }): Socket;
}

/**
 * Forwards a socket to where it is handled, and resolves when both directions have ended. Only bytes travel, so the
 * peer's address is passed on instead of the one to dial.
 */
export async function forward(socket: Socket, target: SocketTarget): Promise<void> {
  const { remoteAddress } = await socket.opened;
  const onward = target.connect(remoteAddress ?? NO_ADDRESS, { allowHalfOpen: true });
  // A reset on either side ends both pumps; there is nobody to tell.
  await Promise.allSettled([socket.readable.pipeTo(onward.writable), onward.readable.pipeTo(socket.writable)]);
}

function begin(socket: Socket, peer: PeerInfo, onClosed: () => void, attach: Accept): void {
  const port = new WorkersSocket(socket, peer, onClosed);
  port.start(attach(port));
}
