/** A client that drives itself through the conformance suite: one process for all cases, which a process each would make slow. */
import type { ConnectOptions, WebSocketConnection } from "@samewire/connection";
import { echoSettings, echoUntilClosed } from "./echo.ts";

type Connect = (url: string, options: ConnectOptions) => Promise<WebSocketConnection>;

/** Offered to the suite's server, whose cases answer with it, with another, or with none. */
const SUBPROTOCOLS = ["chat.v1"];
/** Cases at a time: most of them wait for a deadline or a pause. */
const CONCURRENCY = 16;

/** Asks the suite at `base` for the count of cases, runs each, and has the report written. */
export async function runCases(connect: Connect, base: string): Promise<void> {
  const counting = await connect(`${base}/getCaseCount`, {});
  const count = Number(await counting.receive());
  await counting.close();
  let next = 1;
  const worker = async (): Promise<void> => {
    while (next <= count) {
      const url = `${base}/runCase?case=${next}`;
      next += 1;
      await runCase(connect, url);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  const report = await connect(`${base}/updateReports`, {});
  await report.close();
}

/** A case ends as it likes, most of them with an error; the suite judges what it saw on the wire. */
async function runCase(connect: Connect, url: string): Promise<void> {
  try {
    await echoUntilClosed(await connect(url, { ...echoSettings(true), subprotocols: SUBPROTOCOLS }));
  } catch {
    // A refused handshake or a failed connection: what many cases are about.
  }
}
