import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A TCP relay in front of a server that can reset its connections, whatever speaks through it (TLS, say). */
export interface ResetProxy {
  readonly port: number;
  /** Resets every connection, in both directions. */
  reset(): void;
  close(): void;
}

export async function resetProxy(target: number): Promise<ResetProxy> {
  const sockets = new Set<Socket>();
  const join = (socket: Socket, other: Socket): void => {
    sockets.add(socket);
    // A reset passes through, as a FIN does by the pipe.
    socket.on("error", () => other.resetAndDestroy());
    socket.on("close", () => sockets.delete(socket));
    socket.pipe(other);
  };
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ port: target, host: "127.0.0.1", allowHalfOpen: true });
    join(near, far);
    join(far, near);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    reset(): void {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    close(): void {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
