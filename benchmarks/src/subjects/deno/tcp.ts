import { collectOnSignal } from "../collect-garbage.ts";
import { announce, parseSettings } from "../settings.ts";

const { mode, readBuffer } = parseSettings(Deno.args[0]);
const connections = new Set<Deno.TcpConn>();

async function writeAll(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  let at = await connection.write(bytes);
  while (at < bytes.length) at += await connection.write(bytes.subarray(at));
}

async function echo(connection: Deno.TcpConn): Promise<void> {
  connection.setNoDelay(true);
  connections.add(connection);
  const buffer = new Uint8Array(readBuffer);
  try {
    for (;;) {
      const count = await connection.read(buffer);
      if (count === null) break;
      const bytes = buffer.subarray(0, count);
      if (mode === "echo") await writeAll(connection, bytes);
      else {
        const copy = bytes.slice();
        // One that has gone is forgotten by its own loop.
        for (const receiver of connections) writeAll(receiver, copy).catch(() => {});
      }
    }
  } catch {
    // The peer reset the connection: there is nothing left to echo.
  }
  connections.delete(connection);
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
