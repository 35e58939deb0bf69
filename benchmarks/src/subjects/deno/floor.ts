import { collectOnSignal } from "../collect-garbage.ts";
import { Floor } from "../floor.ts";
import { announce } from "../settings.ts";

/** Octets of a read. */
const READ = 65_536;
/** The answer to the largest message, or to those of one read. */
const ROOM = 1024 * 1024 + 2 * READ;

async function echo(connection: Deno.TcpConn): Promise<void> {
  connection.setNoDelay(true);
  const floor = new Floor(new Uint8Array(ROOM));
  const input = new Uint8Array(READ);
  try {
    for (;;) {
      const count = await connection.read(input);
      if (count === null) break;
      const bytes = floor.take(input.slice(0, count));
      let at = 0;
      while (at < bytes.length) at += await connection.write(at === 0 ? bytes : bytes.subarray(at));
    }
  } catch {
    // The peer reset the connection: there is nothing left to echo.
  }
  try {
    connection.close();
  } catch {
    // Closed already.
  }
}

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
announce(listener.addr.port);
collectOnSignal();
for await (const connection of listener) void echo(connection);
