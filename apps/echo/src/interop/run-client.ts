import { readFileSync } from "node:fs";
import process from "node:process";
import { type Open, runCases, type ServerUnderTest } from "./cases.ts";

/** Runs the cases of a client process: the server as JSON in the first argument, a file with its authority in the second. */
export async function runClient(client: (ca: string) => Open | Promise<Open>): Promise<void> {
  const [server, ca] = process.argv.slice(2) as [string, string];
  const open = await client(readFileSync(ca, "utf8"));
  await runCases(open, JSON.parse(server) as ServerUnderTest, (line) => console.log(line));
  process.exit(0);
}
