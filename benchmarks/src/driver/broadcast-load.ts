import { frame, maskingKey } from "./frames.ts";
import type { BroadcastJob, Outcome } from "./job.ts";
import { openConnections } from "./open-connections.ts";
import { payload } from "./payloads.ts";
import { Window } from "./window.ts";

/**
 * One sender's message goes to every connection; the next is sent when all have it. What is counted are deliveries.
 * Over bare TCP the subject sends the same unmasked frame, so that the octets are alike.
 */
export async function broadcastLoad(job: BroadcastJob): Promise<Outcome> {
  const window = new Window(job);
  const opened = await openConnections({ port: job.port, framing: job.framing, count: job.connections });
  const content = payload("binary", job.size, 1);
  const expected = Buffer.from(frame(content, false));
  const trigger = Buffer.from(job.framing === "raw" ? expected : frame(content, false, maskingKey(1)));
  return await new Promise<Outcome>((resolve, reject) => {
    let over = false;
    let missing = 0;
    let sentAt = 0;
    const sender = opened[0];
    if (sender === undefined) throw new Error("a broadcast needs connections");
    const fail = (error: unknown): void => {
      over = true;
      reject(error);
    };
    const start = (): void => {
      missing = opened.length;
      sentAt = performance.now();
      window.sent += trigger.length;
      sender.link.write(trigger);
    };
    for (const { link } of opened) {
      let received = 0;
      link.onClose = () => {
        if (!over) fail(new Error("the subject closed a connection"));
      };
      link.onData = (chunk) => {
        if (over) return;
        window.received += chunk.length;
        const to = received + chunk.length;
        if (to > expected.length || chunk.compare(expected, received, to) !== 0) {
          fail(new Error("what was delivered is not what was sent"));
          return;
        }
        received = to;
        if (to < expected.length) return;
        received = 0;
        missing -= 1;
        if (window.measuring) window.messages += 1;
        if (missing > 0) return;
        if (window.measuring) window.latency(performance.now() - sentAt);
        start();
      };
    }
    start();
    void window
      .run(() => over)
      .then(() => {
        if (over) return;
        over = true;
        resolve(window.close(sender.extensions));
      });
  });
}
