import { frame, maskingKey } from "./frames.ts";
import type { ChurnJob, Outcome } from "./job.ts";
import { openConnection } from "./open-connections.ts";
import { Window } from "./window.ts";

const CLOSE_DEADLINE_MS = 10_000;

const CLOSE = 0x88;
const NORMAL = Uint8Array.of(0x03, 0xe8);

function closeFrame(key?: Uint8Array): Buffer {
  const bytes = Buffer.from(frame(NORMAL, false, key));
  bytes[0] = CLOSE;
  return bytes;
}

/**
 * Connections made, opened and closed again as fast as they go, `connections` at a time: handshake, Close frame (1000),
 * the same status code back, and the end of TCP by the server (RFC 6455 5.5.1, 7.1.1). Over bare TCP: as many octets
 * each way, then a FIN.
 */
export async function churnLoad(job: ChurnJob): Promise<Outcome> {
  const window = new Window(job);
  const raw = job.framing === "raw";
  const bye = raw ? Buffer.alloc(200, 0x61) : closeFrame(maskingKey(1));
  const answer = raw ? bye : closeFrame();
  const difference = raw
    ? "the echo differs from what was sent"
    : "the Close frame that came back is not the one that was sent";
  let stop = false;
  let made = 0;
  const cycle = async (): Promise<void> => {
    const begun = performance.now();
    const { link } = await openConnection({ port: job.port, framing: job.framing, count: 1 });
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("the connection did not close")), CLOSE_DEADLINE_MS);
      let received = 0;
      link.onData = (chunk) => {
        const from = received;
        received += chunk.length;
        window.received += chunk.length;
        if (received > answer.length || chunk.compare(answer, from, received) !== 0) reject(new Error(difference));
        else if (raw && received === answer.length) link.end();
      };
      link.onClose = () => {
        clearTimeout(timer);
        if (received < answer.length) reject(new Error(difference));
        else resolve();
      };
      window.sent += bye.length;
      link.write(bye);
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
