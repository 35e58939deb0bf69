import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** Where a testee listens, from its `ws:` or `wss:` URL. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** Path and query, for the request line. */
  readonly resource: string;
  /** `Host` field: the port is left out where it is the scheme's default (RFC 6455 4.1). */
  readonly authority: string;
}

/** Reads a `ws:`/`wss:` URL (RFC 6455 3). Throws TypeError on any other scheme. */
export function parseTarget(url: string): Target {
  const parsed = new URL(url);
  if (parsed.protocol !== "ws:" && parsed.protocol !== "wss:") throw new TypeError(`not a ws: or wss: URL: ${url}`);
  const secure = parsed.protocol === "wss:";
  const port = parsed.port === "" ? (secure ? 443 : 80) : Number(parsed.port);
  const host = parsed.hostname.replace(/^\[(.*)\]$/, "$1");
  return { host, port, secure, resource: `${parsed.pathname}${parsed.search}`, authority: parsed.host };
}

/** A connection: what is read and written, and the TCP socket below it, which only TLS makes another one. */
export interface Dialled {
  readonly socket: Socket;
  readonly tcp: Socket;
}

/** Connects; certificates are not checked, since the testee's protocol is judged and not its identity. */
export function dial(target: Target, timeout: number): Promise<Dialled> {
  return new Promise((resolve, reject) => {
    const { host, port, secure } = target;
    const tcp = connectTcp({ host, port, allowHalfOpen: true });
    const servername = /^[\d.:]+$/.test(host) ? "" : host;
    const socket = secure ? connectTls({ socket: tcp, servername, rejectUnauthorized: false }) : tcp;
    // `tls.connect` takes no such option in its types, but its socket is a Duplex that honours the property.
    socket.allowHalfOpen = true;
    const fail = (error: Error): void => {
      clearTimeout(timer);
      tcp.destroy();
      reject(error);
    };
    const timer = setTimeout(() => fail(new Error(`no connection to ${host}:${port} within ${timeout} ms`)), timeout);
    socket.once("error", fail);
    socket.once(secure ? "secureConnect" : "connect", () => {
      clearTimeout(timer);
      socket.off("error", fail);
      resolve({ socket, tcp });
    });
  });
}
