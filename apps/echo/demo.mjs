/** `pnpm demo`: the echo server with its page on Node; prints the URL to open. `PORT` chooses the port (default 9001). */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { passOn } from "./launcher.mjs";

const entry = fileURLToPath(new URL("./dist/node-server.js", import.meta.url));
const child = spawn(process.execPath, [entry, "--port", String(await choosePort())], {
  stdio: ["inherit", "pipe", "inherit"],
});
passOn(child);
createInterface({ input: child.stdout }).on("line", (line) => {
  const url = /ws:\/\/\S+/.exec(line)?.[0];
  console.log(url === undefined ? line : `Open ${url.replace(/^ws/, "http")} in a browser; Ctrl-C ends it.`);
});

/** The port asked for, else 9001, else, where that is taken, one that the system gives. */
async function choosePort() {
  if (process.env.PORT !== undefined) return Number(process.env.PORT);
  const probe = createServer().listen(9001, "127.0.0.1");
  const taken = await Promise.race([once(probe, "listening").then(() => false), once(probe, "error").then(() => true)]);
  if (taken) return 0;
  probe.close();
  await once(probe, "close");
  return 9001;
}
