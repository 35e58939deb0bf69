import { type AddressInfo, createServer, type Socket as NetSocket, connect as netConnect } from "node:net";
import {
  type ConnectOptions,
  connectWith,
  type Dial,
  makeServer,
  pakoEngine,
  type Runtime,
  type Server,
  ServerCore,
  type ServerOptions,
  type Socket,
  type SocketHandler,
  type WebSocketConnection,
} from "@samewire/connection";
import { DuplexSocket } from "./_duplex-socket.ts";

type Accept = (socket: Socket) => SocketHandler;

const runtime: Runtime = {
  name: "duplex",
  clock: {
    now: () => performance.now(),
    setTimer: (callback, delay) => setTimeout(callback, delay).unref(),
    clearTimer: (timer) => clearTimeout(timer as NodeJS.Timeout),
    defer: (callback) => void setImmediate(callback),
  },
  randomFill: (bytes) => void crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>),
  deflate: pakoEngine,
};

function begin(stream: NetSocket, attach: Accept): void {
  const { remoteAddress: address, remotePort: port } = stream;
  const socket = new DuplexSocket(stream, { address, port, secure: false });
  socket.start(attach(socket));
}

export async function listen(host: string, accept: Accept): Promise<{ port: number; stop(): Promise<void> }> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (stream) => begin(stream, accept));
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return { port: (server.address() as AddressInfo).port, stop: async () => void server.close() };
}

export const dial: Dial = ({ host, port, signal }, attach) =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const stream = netConnect({ host, port, allowHalfOpen: true, noDelay: true });
    const onAbort = (): void => {
      stream.destroy();
      reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort);
    stream.once("error", reject);
    stream.once("connect", () => {
      signal.removeEventListener("abort", onAbort);
      begin(stream, attach);
      resolve();
    });
  });

export async function serve<C>(options: ServerOptions<C> & { readonly host: string }): Promise<Server<C>> {
  const core = new ServerCore<C>(options, runtime);
  const { port, stop } = await listen(options.host, (socket) => core.accept(socket));
  return makeServer(core, { url: `ws://${options.host}:${port}`, port, stop });
}

export function connect(url: string, options: ConnectOptions = {}): Promise<WebSocketConnection> {
  return connectWith(dial, url, options, runtime);
}
