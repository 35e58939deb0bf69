import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { endOfHead } from "../wire/http-head.ts";

/** A client that has connected and sent its request head; the head's bytes are still there to be read from the socket. */
export interface Arrival {
  readonly socket: Socket;
  /** The request target: path and query; `""` if the head has no such thing. */
  readonly resource: string;
}

/** A listening socket that hands over each client once its request head is there. */
export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

const MAX_HEAD = 65_536;

/** Listens on 127.0.0.1, on a free port for `port` 0; with a certificate (PEM) over TLS. */
export function listen(
  port: number,
  onArrival: (arrival: Arrival) => void,
  tls?: { readonly cert: string; readonly key: string },
): Promise<Listener> {
  const sockets = new Set<Socket>();
  const accept = (socket: Socket): void => awaitHead(socket, onArrival);
  const server: Server =
    tls === undefined
      ? createServer({ allowHalfOpen: true, noDelay: true }, accept)
      : createTlsServer({ ...tls, allowHalfOpen: true }, accept);
  // Below TLS too: a connection whose TLS handshake failed is held open by a half-open server, and has to end with it.
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  // A client that refuses the certificate is an outcome of a case and no fault of the listener.
  server.on("tlsClientError", () => {});
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") return reject(new Error("not a TCP port"));
      resolve({
        port: address.port,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            for (const socket of sockets) socket.destroy();
          }),
      });
    });
  });
}

function awaitHead(socket: Socket, onArrival: (arrival: Arrival) => void): void {
  let held = Buffer.alloc(0);
  // Between here and the run that takes the socket nobody else listens, and a reset may come at any time.
  socket.on("error", () => {});
  const drop = (): void => void socket.destroy();
  const onData = (chunk: Buffer): void => {
    held = Buffer.concat([held, chunk]);
    if (endOfHead(held) === -1) {
      if (held.length > MAX_HEAD) drop();
      return;
    }
    socket.pause();
    socket.off("data", onData).off("error", drop).off("end", drop);
    socket.unshift(held);
    const [, resource = ""] = held.subarray(0, held.indexOf("\r\n")).toString("latin1").split(" ");
    onArrival({ socket, resource });
  };
  socket.on("data", onData).on("error", drop).on("end", drop);
}
