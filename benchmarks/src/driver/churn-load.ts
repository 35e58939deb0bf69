import { frame, maskingKey } from "./frames.ts";
import type { ChurnJob, Outcome } from "./job.ts";
import { openConnection } from "./open-connections.ts";
import { Window } from "./window.ts";

const CLOSE_DEADLINE_MS = 10_000;

/**
 * Connections made, opened and closed again as fast as they go, `connections` at a time: handshake, Close frame (1000),
 * its answer, and the end of TCP by the server (RFC 6455 7.1.1). Over bare TCP: as many octets each way, then a FIN.
 */
export async function churnLoad(job: ChurnJob): Promise<Outcome> {
  const window = new Window(job);
  const bye = Buffer.from(frame(Uint8Array.of(0x03, 0xe8), false, maskingKey(1)));
  bye[0] = 0x88;
  const rawBytes = Buffer.alloc(200, 0x61);
  let stop = false;
  let made = 0;
  const cycle = async (): Promise<void> => {
    const begun = performance.now();
    const { link } = await openConnection({ port: job.port, framing: job.framing, count: 1 });
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("the connection did not close")), CLOSE_DEADLINE_MS);
      let received = 0;
      link.onData = (chunk) => {
        received += chunk.length;
        window.received += chunk.length;
        if (job.framing === "raw" && received === rawBytes.length) link.end();
        else if (job.framing === "websocket" && received === 4 && chunk[0] !== 0x88)
          reject(new Error("no Close frame came back"));
      };
      link.onClose = () => {
        clearTimeout(timer);
        if (job.framing === "websocket" && received < 2) reject(new Error("closed without a Close frame"));
        else resolve();
      };
      window.sent += job.framing === "raw" ? rawBytes.length : bye.length;
      link.write(job.framing === "raw" ? rawBytes : bye);
    });
    if (!window.measuring) return;
    window.messages += 1;
    window.latency(performance.now() - begun);
  };
  const worker = async (): Promise<void> => {
    while (!stop && made < job.limit) {
      made += 1;
      await cycle();
    }
  };
  const workers = Promise.all(Array.from({ length: job.connections }, worker));
  await Promise.race([window.run(() => stop), workers]);
  if (!window.measuring) throw new Error("the connections that may be made were used up before the window opened");
  const outcome = window.close("");
  stop = true;
  await workers;
  return outcome;
}
