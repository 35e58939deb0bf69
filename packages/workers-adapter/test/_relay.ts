/** What a Worker cannot do for its contract suite: a listener that can be stopped, and a proxy that resets. By HTTP. */
import { createServer, type Server } from "node:http";
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from "node:net";

interface Relay {
  readonly server: TcpServer;
  readonly sockets: Set<Socket>;
}

/** `POST /open/TARGET` answers with a port that leads there; `/stop/PORT`, `/reset/PORT` and `/close/PORT` act on it. */
export async function startRelays(): Promise<{ readonly port: number; stop(): void }> {
  const relays = new Map<number, Relay>();
  const open = async (target: number): Promise<number> => {
    const sockets = new Set<Socket>();
    const join = (socket: Socket, other: Socket): void => {
      sockets.add(socket);
      // A reset passes through, as a FIN does by the pipe.
      socket.on("error", () => other.resetAndDestroy());
      socket.on("close", () => sockets.delete(socket));
      socket.pipe(other);
    };
    const server = createTcpServer({ allowHalfOpen: true }, (near) => {
      const far = connect({ port: target, host: "127.0.0.1", allowHalfOpen: true });
      join(near, far);
      join(far, near);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const { port } = server.address() as AddressInfo;
    relays.set(port, { server, sockets });
    return port;
  };
  const end = ({ server, sockets }: Relay): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  const control: Server = createServer(async (request, response) => {
    const [, action, argument] = (request.url ?? "").split("/");
    const number = Number(argument);
    const relay = relays.get(number);
    if (action === "open") response.write(String(await open(number)));
    else if (action === "stop") relay?.server.close();
    else if (action === "reset") for (const socket of relay?.sockets ?? []) socket.resetAndDestroy();
    else if (action === "close" && relay !== undefined) end(relay);
    response.end();
  });
  await new Promise<void>((resolve) => {
    control.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (control.address() as AddressInfo).port,
    stop(): void {
      control.closeAllConnections();
      control.close();
      for (const relay of relays.values()) end(relay);
    },
  };
}
