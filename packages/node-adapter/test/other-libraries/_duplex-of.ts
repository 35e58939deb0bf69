import { Duplex, Readable, Writable } from "node:stream";
import type { WebSocketConnection } from "@samewire/node";

/** The messages of a connection as one stream of bytes. Without a `message` handler: it asks for them itself. */
export function duplexOf<C>(socket: WebSocketConnection<C>): Duplex {
  const writable = new Writable({
    async write(chunk: Uint8Array, _encoding, done) {
      socket.send(chunk);
      await socket.drained();
      done();
    },
    async final(done) {
      await socket.close();
      done();
    },
  });
  const duplex = Duplex.from({ readable: Readable.from(socket, { objectMode: false }), writable });
  void socket.closed.then(({ error }) => error && duplex.destroy(error));
  return duplex;
}
