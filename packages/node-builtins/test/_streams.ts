/** Streams of `node:net` and `node:tls` under NodeSocket: what an `upgrade` event hands over, without the HTTP. */
import { type AddressInfo, connect, createServer, type Socket as NetSocket } from "node:net";
import { type ConnectionOptions, createServer as createTlsServer, connect as tlsConnect } from "node:tls";
import type { Dial, Socket, SocketHandler } from "@samewire/connection";
import { NodeSocket } from "@samewire/node-builtins";

type Accept = (socket: Socket) => SocketHandler;

function begin(stream: NetSocket, accept: Accept): void {
  const socket = new NodeSocket(stream);
  socket.start(accept(socket));
}

export async function listen(
  accept: Accept,
  tls?: { readonly cert: string; readonly key: string },
): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const server =
    tls === undefined
      ? createServer({ allowHalfOpen: true, noDelay: true }, (stream) => begin(stream, accept))
      : createTlsServer({ ...tls, allowHalfOpen: true, handshakeTimeout: 1000 }, (stream) => begin(stream, accept));
  server.on("tlsClientError", (_error: Error, stream: NetSocket) => stream.destroy());
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.close();
    },
  };
}

export const dial: Dial = ({ host, port, tls, signal }, attach) =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const { ca } = tls ?? {};
    const stream =
      tls === undefined
        ? connect({ host, port, allowHalfOpen: true, noDelay: true })
        : tlsConnect({ host, port, ca: ca as string, allowHalfOpen: true } as ConnectionOptions);
    const onAbort = (): void => {
      stream.destroy();
      reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort);
    stream.once("error", reject);
    stream.once("close", () => reject(new Error("closed")));
    stream.once(tls === undefined ? "connect" : "secureConnect", () => {
      if (signal.aborted) return;
      signal.removeEventListener("abort", onAbort);
      begin(stream, attach);
      resolve();
    });
  });
