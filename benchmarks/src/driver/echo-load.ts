import { makeBursts } from "./bursts.ts";
import { DeflateExchange, makeCompressedBursts } from "./deflate-exchange.ts";
import { ExactExchange, type Exchange } from "./exchange.ts";
import type { EchoJob, Outcome } from "./job.ts";
import { expectStillOpen, type OpenedLink, openConnections } from "./open-connections.ts";
import { runExchanges } from "./run-exchanges.ts";
import { Window } from "./window.ts";

/** Connections whose compressed echoes are inflated and compared; the others' are counted. */
const VERIFIED = 2;

export async function echoLoad(job: EchoJob): Promise<Outcome> {
  const { port, framing, deflateOffer } = job;
  const idle = await openConnections({ port, framing, count: job.idle ?? 0 });
  const opened = await openConnections({ port, framing, count: job.connections, deflateOffer });
  const extensions = opened[0]?.extensions ?? "";
  const exchanges = exchangesFor(job, extensions);
  const outcome = await runExchanges(
    opened.map(({ link }: OpenedLink, index) => ({ link, exchange: exchanges(index) })),
    { window: new Window(job), extensions, messages: job.messages, dribble: job.dribble === true },
  );
  expectStillOpen(idle);
  return outcome;
}

function exchangesFor(job: EchoJob, extensions: string): (index: number) => Exchange {
  if (job.deflateOffer !== undefined && job.framing === "websocket") {
    if (!extensions.includes("permessage-deflate")) throw new Error("the subject did not agree to permessage-deflate");
    const bursts = makeCompressedBursts(job.depth, job.size, !extensions.includes("client_no_context_takeover"));
    const takeover = !extensions.includes("server_no_context_takeover");
    return (index) => new DeflateExchange(bursts, index < VERIFIED, takeover);
  }
  const bursts = makeBursts({ ...job, role: "client", raw: job.framing === "raw" });
  return (index) => new ExactExchange(bursts, index);
}
