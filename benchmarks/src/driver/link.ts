/** One TCP connection of the driver, over Bun's socket (see `docs/benchmarks/method.md` for why Bun drives). */
export class Link {
  #socket: Bun.Socket<Link> | undefined;
  #pending: Buffer | undefined;
  #pendingAt = 0;
  #closed = false;
  onData: (chunk: Buffer) => void = () => {};
  onClose: () => void = () => {};

  get closed(): boolean {
    return this.#closed;
  }

  attach(socket: Bun.Socket<Link>): void {
    this.#socket = socket;
    socket.setNoDelay(true);
  }

  /** Writes all of `bytes`, which must not change until they have left; only one write may be under way. */
  write(bytes: Buffer): void {
    if (this.#pending !== undefined) throw new Error("a write is still under way");
    this.#push(bytes, 0);
  }

  /** Goes on with what the kernel did not take. */
  drained(): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    this.#pending = undefined;
    this.#push(pending, this.#pendingAt);
  }

  /** The connection is gone, whoever ended it. */
  gone(): void {
    this.#closed = true;
    this.onClose();
  }

  end(): void {
    this.#socket?.end();
  }

  shutdown(): void {
    this.#socket?.shutdown();
  }

  #push(bytes: Buffer, from: number): void {
    const taken = (this.#socket as Bun.Socket<Link>).write(bytes, from, bytes.length - from);
    if (taken < 0) throw new Error("the connection is closed");
    if (from + taken < bytes.length) {
      this.#pending = bytes;
      this.#pendingAt = from + taken;
    }
  }
}

const handlers: Bun.SocketHandler<Link> = {
  data: (socket, chunk) => socket.data.onData(chunk),
  drain: (socket) => socket.data.drained(),
  close: (socket) => socket.data.gone(),
  error: (_socket, error) => {
    throw error;
  },
};

/** Connects to a subject on this machine. */
export async function connectLink(port: number): Promise<Link> {
  const link = new Link();
  link.attach(await Bun.connect<Link>({ hostname: "127.0.0.1", port, data: link, socket: handlers }));
  return link;
}

/** Listens for a subject that connects (the client role); answers the port. */
export function listenLinks(onLink: (link: Link) => void): number {
  const listener = Bun.listen<Link>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      ...handlers,
      open: (socket) => {
        const link = new Link();
        socket.data = link;
        link.attach(socket);
        onLink(link);
      },
    },
  });
  return listener.port;
}
