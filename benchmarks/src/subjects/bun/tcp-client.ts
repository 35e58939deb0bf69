import { parseSettings } from "../settings.ts";

const { port, connections } = parseSettings(process.argv[2]);
for (let made = 0; made < connections; made += 1) {
  await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      open(socket) {
        socket.setNoDelay(true);
      },
      // Nothing here is larger than a socket's buffer, so what is written is taken whole.
      data(socket, chunk) {
        if (socket.write(chunk) < chunk.length) throw new Error("a short write");
      },
    },
  });
}
