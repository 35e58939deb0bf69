/** The byte streams of Deno without any WebSocket: what `serve` and `connect` stand on, and what the contract suite tests. */
import {
  type Accept,
  checkServerTls,
  type Dial,
  type DialTarget,
  type Listener,
  type TlsOptions,
  UsageError,
} from "@samewire/connection";
import { type ListenAddress, listenAnywhere, listenFresh, nodeClock, stayFor } from "@samewire/node-builtins";
import { DenoSocket } from "./deno-socket.ts";

/** What Deno's own TLS options have beyond the neutral ones. */
export interface DenoTlsNative {
  /** Protocols to announce (ALPN). */
  readonly alpnProtocols?: readonly string[] | undefined;
  /** Client only: checks the certificate's chain, but not its name. */
  readonly unsafelyDisableHostnameVerification?: boolean | undefined;
}

/**
 * TLS as Deno has it: `ca` adds to Deno's own authorities (`DENO_TLS_CA_STORE` chooses those), and a server cannot ask
 * its clients for certificates, so that `ca` is a misuse there.
 */
export interface DenoTls extends TlsOptions {
  readonly native?: DenoTlsNative | undefined;
}

/** Where a server listens, and what else of it is the runtime's. */
export interface ListenOptions extends ListenAddress {
  /**
   * Lets several processes listen on the same port; the system spreads the connections over them (Linux). Deno ends the
   * process unless it runs with `--unstable-net`.
   */
  readonly reusePort?: boolean | undefined;
  /** Serves `wss:`. Not on a Unix socket. */
  readonly tls?: DenoTls | undefined;
}

/** How long to wait after a connection that could not be accepted (no file descriptor left, say). */
const ACCEPT_RETRY = 50;

/** Listens and hands each connection to `accept`, which answers with the handler of its events. */
export async function listen(options: ListenOptions, accept: Accept): Promise<Listener> {
  const { path, tls } = options;
  if (tls !== undefined) checkServerTls(tls);
  if (tls !== undefined && path !== undefined) throw new UsageError("option", "Deno has no TLS on a Unix socket");
  const listener = await listenFresh(options, () => open(options));
  let stopped = false;
  const loop = async (): Promise<void> => {
    while (!stopped) {
      try {
        begin(await listener.accept(), tls !== undefined, accept);
      } catch (error) {
        // Deno fails where the peer has reset already: the next connection may be a good one.
        if (stopped || (error as { code?: unknown }).code === "ENOTCONN") continue;
        // Nothing else keeps the process while no call to accept is pending.
        await stayFor(ACCEPT_RETRY);
      }
    }
  };
  const ended = loop();
  return {
    port: "port" in listener.addr ? listener.addr.port : 0,
    async stop(): Promise<void> {
      if (stopped) return;
      stopped = true;
      listener.close();
      // Only with the last call to accept is the port, or the file, given back.
      await ended;
    },
  };
}

function open(options: ListenOptions): Deno.Listener {
  const { host, path } = options;
  if (path !== undefined) return Deno.listen({ transport: "unix", path }) as unknown as Deno.Listener;
  return listenAnywhere(host, (hostname) => openTcp(options, hostname));
}

function openTcp({ port = 0, reusePort = false, tls }: ListenOptions, hostname: string): Deno.Listener {
  // The declarations keep `reusePort` among what is unstable.
  const where: Deno.TcpListenOptions & { reusePort: boolean } = { port, hostname, reusePort };
  if (tls === undefined) return Deno.listen(where);
  const { cert, key, ca, native } = tls;
  if (cert === undefined || key === undefined) throw new UsageError("option", "a TLS server needs cert and key");
  if (ca !== undefined)
    throw new UsageError("option", "Deno cannot ask clients for certificates: tls.ca has no use in a server");
  return Deno.listenTls({ ...where, cert, key, ...alpn(native) });
}

/** Opens a byte stream. */
export const dial: Dial = async (target, attach) => {
  const { path, tls, signal } = target;
  signal.throwIfAborted();
  if (tls !== undefined && path !== undefined) throw new UsageError("option", "Deno has no TLS on a Unix socket");
  const conn = tls === undefined ? await dialPlain(target) : await dialTls(target, tls);
  if (signal.aborted) {
    conn.close();
    throw signal.reason;
  }
  begin(conn, tls !== undefined, attach);
};

function dialPlain({ host, port, path, signal }: DialTarget): Promise<Deno.Conn> {
  if (path === undefined) return dialTcp(host, port, signal);
  return Deno.connect({ transport: "unix", path });
}

/** How long a connection that was given up may still be made, and closed by us, before Deno is told to give up, too. */
const ABANDON_AFTER = 1000;

/** A host that answers nothing would keep the file descriptor, and the process, for two minutes. */
function dialTcp(hostname: string, port: number, signal: AbortSignal): Promise<Deno.TcpConn> {
  const abandoned = new AbortController();
  const opening = Deno.connect({ hostname, port, signal: abandoned.signal });
  const onAbort = (): void => void nodeClock.setTimer(() => abandoned.abort(), ABANDON_AFTER);
  signal.addEventListener("abort", onAbort);
  const settled = (): void => signal.removeEventListener("abort", onAbort);
  opening.then(settled, settled);
  return unlessAborted(opening, signal);
}

/** Deno's own `signal` option loses a connection that is made as it aborts: nobody can close it any more. */
function unlessAborted<Conn extends Deno.Conn>(opening: Promise<Conn>, signal: AbortSignal): Promise<Conn> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener("abort", onAbort);
    opening.then(
      (conn) => {
        signal.removeEventListener("abort", onAbort);
        if (signal.aborted) conn.close();
        else resolve(conn);
      },
      (error) => {
        signal.removeEventListener("abort", onAbort);
        reject(error);
      },
    );
  });
}

async function dialTls(target: DialTarget, tls: DenoTls): Promise<Deno.Conn> {
  const { host, port, signal } = target;
  const { cert, key, ca, serverName = host, native } = tls;
  const trust = ca === undefined ? {} : { caCerts: typeof ca === "string" ? [ca] : [...ca] };
  const unchecked = native?.unsafelyDisableHostnameVerification;
  const shared = {
    ...trust,
    ...alpn(native),
    ...(unchecked === undefined ? {} : { unsafelyDisableHostnameVerification: unchecked }),
  };
  let conn: Deno.TlsConn;
  if (cert !== undefined && key !== undefined) {
    // Only `connectTls` takes a client's certificate, and it asks for the name that it dials.
    if (serverName !== host)
      throw new UsageError("option", "with a client certificate, Deno takes no other serverName");
    conn = await unlessAborted(Deno.connectTls({ hostname: host, port, cert, key, ...shared }), signal);
  } else {
    const tcp = await dialTcp(host, port, signal);
    tcp.setNoDelay(true);
    try {
      conn = await Deno.startTls(tcp, { hostname: serverName, ...shared });
    } catch (error) {
      // A name that is none: the connection is still ours.
      tcp.close();
      throw error;
    }
  }
  // Deno cancels the handshake then, but keeps the TCP connection until the server closes it.
  const onAbort = (): void => conn.close();
  signal.addEventListener("abort", onAbort);
  try {
    if (signal.aborted) onAbort();
    await conn.handshake();
  } catch (error) {
    if (!signal.aborted) conn.close();
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
  return conn;
}

function alpn(native: DenoTlsNative | undefined): { alpnProtocols?: string[] } {
  return native?.alpnProtocols === undefined ? {} : { alpnProtocols: [...native.alpnProtocols] };
}

function begin(conn: Deno.Conn, secure: boolean, accept: Accept): void {
  // A TlsConn has no such method: on TLS a server's small writes are subject to Nagle's algorithm.
  if ("setNoDelay" in conn) (conn as Deno.TcpConn).setNoDelay(true);
  const socket = new DenoSocket(conn, secure);
  socket.start(accept(socket));
}
