import { makeBursts } from "./bursts.ts";
import { MaskedExchange } from "./exchange.ts";
import type { ClientJob, Outcome } from "./job.ts";
import { type Link, listenLinks } from "./link.ts";
import { answerOpeningRequest } from "./opening.ts";
import { runExchanges } from "./run-exchanges.ts";
import { Window } from "./window.ts";

const CONNECT_DEADLINE_MS = 15_000;

/**
 * The client role: this side listens and sends the bursts, the subject connects and echoes. Prints `{"port":…}` once it
 * listens, and expects one line, the subject's process id, on stdin.
 */
export async function clientLoad(job: ClientJob): Promise<Outcome> {
  const window = new Window(job);
  const bursts = makeBursts({ ...job, role: "server", raw: job.framing === "raw" });
  const links = await new Promise<readonly Link[]>((resolve, reject) => {
    const ready: Link[] = [];
    const timer = setTimeout(
      () => reject(new Error(`${ready.length} of ${job.connections} connections were made`)),
      CONNECT_DEADLINE_MS,
    );
    const accept = (link: Link): void => {
      ready.push(link);
      if (ready.length < job.connections) return;
      clearTimeout(timer);
      resolve(ready);
    };
    const port = listenLinks((link) => {
      if (job.framing === "raw") {
        accept(link);
        return;
      }
      let received: Buffer = Buffer.alloc(0);
      link.onData = (chunk) => {
        received = Buffer.concat([received, chunk]);
        const opening = answerOpeningRequest(received);
        if (opening === undefined) return;
        link.onData = () => {};
        link.write(Buffer.from(opening.answer, "latin1"));
        accept(link);
      };
    });
    console.log(JSON.stringify({ port }));
    process.stdin.once("data", (line: Buffer) => window.watch(Number(line.toString())));
  });
  return await runExchanges(
    links.map((link, index) => ({ link, exchange: new MaskedExchange(bursts, index, job.framing === "raw") })),
    { window, extensions: "" },
  );
}
