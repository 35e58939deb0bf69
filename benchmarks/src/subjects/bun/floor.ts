import { collectOnSignal } from "../collect-garbage.ts";
import { Floor } from "../floor.ts";
import { announce } from "../settings.ts";

interface State {
  readonly floor: Floor;
  readonly unsent: Uint8Array[];
}

/** One for all connections: Bun's sockets keep nothing of what is written. */
const out = new Uint8Array(2 * 1024 * 1024);

function write(socket: Bun.Socket<State>, bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  const { unsent } = socket.data;
  if (unsent.length > 0) {
    unsent.push(bytes.slice());
    return;
  }
  const taken = socket.write(bytes);
  if (taken < bytes.length && taken >= 0) unsent.push(bytes.slice(taken));
}

const listener = Bun.listen<State>({
  hostname: "127.0.0.1",
  port: 0,
  socket: {
    binaryType: "uint8array",
    open(socket) {
      socket.data = { floor: new Floor(out), unsent: [] };
      socket.setNoDelay(true);
    },
    data: (socket, chunk) => write(socket, socket.data.floor.take(chunk)),
    drain(socket) {
      const { unsent } = socket.data;
      while (unsent.length > 0) {
        const bytes = unsent[0] as Uint8Array;
        const taken = socket.write(bytes);
        if (taken < bytes.length) {
          unsent[0] = bytes.subarray(Math.max(0, taken));
          return;
        }
        unsent.shift();
      }
    },
    error() {},
  },
});
announce(listener.port);
collectOnSignal();
