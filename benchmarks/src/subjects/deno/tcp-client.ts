import { parseSettings } from "../settings.ts";

const { port, connections } = parseSettings(Deno.args[0]);

async function echo(): Promise<void> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  connection.setNoDelay(true);
  const buffer = new Uint8Array(65_536);
  for (;;) {
    const count = await connection.read(buffer);
    if (count === null) return;
    let at = 0;
    while (at < count) at += await connection.write(buffer.subarray(at, count));
  }
}
for (let made = 0; made < connections; made += 1) void echo();
