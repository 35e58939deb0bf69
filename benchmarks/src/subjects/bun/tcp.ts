import { collectOnSignal } from "../collect-garbage.ts";
import { announce, parseSettings } from "../settings.ts";

interface State {
  readonly unsent: Buffer[];
}

/** Bun leaves to the caller what the kernel did not take: even an echo has to keep it. */
function write(socket: Bun.Socket<State>, bytes: Buffer): void {
  const { unsent } = socket.data;
  if (unsent.length > 0) {
    unsent.push(bytes);
    return;
  }
  const taken = socket.write(bytes);
  if (taken < bytes.length && taken >= 0) unsent.push(bytes.subarray(taken));
}

const { mode } = parseSettings(process.argv[2]);
const sockets = new Set<Bun.Socket<State>>();
const listener = Bun.listen<State>({
  hostname: "127.0.0.1",
  port: 0,
  socket: {
    open(socket) {
      socket.data = { unsent: [] };
      socket.setNoDelay(true);
      if (mode !== "echo") sockets.add(socket);
    },
    data:
      mode === "echo"
        ? write
        : (_socket, chunk) => {
            for (const receiver of sockets) write(receiver, chunk);
          },
    drain(socket) {
      const { unsent } = socket.data;
      while (unsent.length > 0) {
        const bytes = unsent[0] as Buffer;
        const taken = socket.write(bytes);
        if (taken < bytes.length) {
          unsent[0] = bytes.subarray(Math.max(0, taken));
          return;
        }
        unsent.shift();
      }
    },
    close(socket) {
      sockets.delete(socket);
    },
    error() {},
  },
});
announce(listener.port);
collectOnSignal();
