import { frame, maskingKey } from "./frames.ts";
import type { BroadcastJob, Outcome } from "./job.ts";
import type { Link } from "./link.ts";
import { openConnections } from "./open-connections.ts";
import { payload } from "./payloads.ts";
import { Window } from "./window.ts";

const ATTEMPTS = 40;
const ATTEMPT_MS = 250;

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

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
  const sender = opened[0];
  if (sender === undefined) throw new Error("a broadcast needs connections");
  const round = new Round(
    opened.map(({ link }) => link),
    expected,
    window,
  );
  const send = (): void => {
    round.begin();
    window.sent += trigger.length;
    sender.link.write(trigger);
  };
  // The kernel accepts a connection before the subject does: until all are served, some would wait for ever.
  for (let attempt = 0; ; attempt += 1) {
    send();
    await pause(ATTEMPT_MS);
    if (round.complete) break;
    if (attempt === ATTEMPTS) throw new Error("a message did not reach every connection");
    await pause(ATTEMPT_MS);
  }
  let over = false;
  const failed = new Promise<never>((_, reject) => {
    round.onFault = (error) => {
      over = true;
      reject(error);
    };
  });
  round.onComplete = () => {
    if (!over) send();
  };
  send();
  await Promise.race([window.run(() => over), failed]);
  over = true;
  return window.close(sender.extensions);
}

/** One broadcast: who has it, and whether it is what was sent. */
class Round {
  readonly #window: Window;
  readonly #received: number[];
  #missing = 0;
  #sentAt = 0;
  #fault: Error | undefined;
  onComplete: () => void = () => {};
  onFault: (error: Error) => void = () => {};

  constructor(links: readonly Link[], expected: Buffer, window: Window) {
    this.#window = window;
    this.#received = links.map(() => 0);
    for (const [index, link] of links.entries()) {
      link.onClose = () => this.#fail("the subject closed a connection");
      link.onData = (chunk) => this.#take(index, chunk, expected);
    }
  }

  get complete(): boolean {
    if (this.#fault !== undefined) throw this.#fault;
    return this.#missing === 0;
  }

  begin(): void {
    this.#received.fill(0);
    this.#missing = this.#received.length;
    this.#sentAt = performance.now();
  }

  #take(index: number, chunk: Buffer, expected: Buffer): void {
    const from = this.#received[index] as number;
    const to = from + chunk.length;
    this.#window.received += chunk.length;
    if (to > expected.length || chunk.compare(expected, from, to) !== 0) {
      this.#fail("what was delivered is not what was sent");
      return;
    }
    this.#received[index] = to;
    if (to < expected.length) return;
    this.#missing -= 1;
    if (this.#window.measuring) this.#window.messages += 1;
    if (this.#missing > 0) return;
    if (this.#window.measuring) this.#window.latency(performance.now() - this.#sentAt);
    this.onComplete();
  }

  #fail(what: string): void {
    this.#fault ??= new Error(what);
    this.onFault(this.#fault);
  }
}
