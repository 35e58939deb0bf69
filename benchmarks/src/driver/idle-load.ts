import { makeBursts } from "./bursts.ts";
import { DeflateExchange, makeCompressedBursts } from "./deflate-exchange.ts";
import { ExactExchange, type Exchange } from "./exchange.ts";
import type { IdleJob, Outcome } from "./job.ts";
import { expectStillOpen, type OpenedLink, openConnections } from "./open-connections.ts";
import { sampleProcess } from "./process-sample.ts";
import { Window } from "./window.ts";

const PRIMING = 64;

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Memory of connections that do nothing: resident memory with `connections` of them, beside the same process before. A
 * subject collects its garbage on SIGUSR2, so that both readings show what is held; those without are kept as well.
 */
export async function idleLoad(job: IdleJob): Promise<Outcome> {
  const window = new Window(job);
  // A first few connections come and go, so that code and pools are there before the base is read.
  const primed = await openConnections({ ...job, count: PRIMING });
  await exchangeOnce(job, primed);
  for (const { link } of primed) link.end();
  await pause(job.warmMs);
  const rssBefore = sampleProcess(job.pid).rss;
  const rssBeforeCollected = await collected(job.pid);
  window.open();
  const opened = await openConnections({ ...job, count: job.connections });
  await exchangeOnce(job, opened);
  window.messages = opened.length;
  await pause(job.measureMs);
  const outcome = window.close(opened[0]?.extensions ?? "");
  const rssCollected = await collected(job.pid);
  expectStillOpen(opened);
  return { ...outcome, rssBefore, rssBeforeCollected, rssCollected };
}

async function collected(pid: number): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    process.kill(pid, "SIGUSR2");
    await pause(250);
  }
  return sampleProcess(pid).rss;
}

async function exchangeOnce(job: IdleJob, opened: readonly OpenedLink[]): Promise<void> {
  if (job.size === undefined) return;
  const { size } = job;
  const extensions = opened[0]?.extensions ?? "";
  const make = exchangeOf(job, size, extensions);
  const once = ({ link }: OpenedLink, index: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const exchange = make(index);
      link.onClose = () => reject(new Error("the subject closed a connection"));
      link.onData = (chunk) => {
        try {
          exchange.accept(chunk);
          if (exchange.complete()) resolve();
        } catch (error) {
          reject(error);
        }
      };
      link.write(exchange.next());
    });
  for (let at = 0; at < opened.length; at += 100) await Promise.all(opened.slice(at, at + 100).map(once));
}

function exchangeOf(job: IdleJob, size: number, extensions: string): (index: number) => Exchange {
  if (job.deflateOffer === undefined || job.framing === "raw") {
    const bursts = makeBursts({ depth: 1, size, payload: "json", role: "client", raw: job.framing === "raw" });
    return (index) => new ExactExchange(bursts, index);
  }
  if (!extensions.includes("permessage-deflate")) throw new Error("the subject did not agree to permessage-deflate");
  const bursts = makeCompressedBursts(1, size, !extensions.includes("client_no_context_takeover"));
  return () => new DeflateExchange(bursts, true, !extensions.includes("server_no_context_takeover"));
}
