import type { Exchange } from "./exchange.ts";
import type { Outcome } from "./job.ts";
import type { Link } from "./link.ts";
import type { Window } from "./window.ts";

export interface Running {
  readonly link: Link;
  readonly exchange: Exchange;
}

export interface RunOptions {
  readonly window: Window;
  readonly extensions: string;
  /** Ends the window after so many messages, if that comes before `measureMs`. */
  readonly messages?: number | undefined;
  readonly dribble?: boolean;
}

/** Keeps every connection's bursts going round until the window is over. */
export async function runExchanges(connections: readonly Running[], options: RunOptions): Promise<Outcome> {
  const { window } = options;
  const limit = options.messages ?? Infinity;
  let over = false;
  const outcome = await new Promise<Outcome>((resolve, reject) => {
    const finish = (): void => {
      if (over) return;
      over = true;
      resolve(window.close(options.extensions));
    };
    const fail = (error: unknown): void => {
      over = true;
      reject(error);
    };
    const send = options.dribble === true ? dribbler(window, () => over) : straight(window);
    for (const { link, exchange } of connections) {
      let sentAt = 0;
      const start = (): void => {
        sentAt = performance.now();
        send(link, exchange.next());
      };
      link.onClose = () => {
        if (!over) fail(new Error("the subject closed a connection"));
      };
      link.onData = (chunk) => {
        if (over) return;
        window.received += chunk.length;
        try {
          const messages = exchange.accept(chunk);
          if (window.measuring) window.messages += messages;
        } catch (error) {
          fail(error);
          return;
        }
        if (!exchange.complete()) return;
        if (window.measuring) {
          window.latency(performance.now() - sentAt);
          if (window.messages >= limit) {
            finish();
            return;
          }
        }
        start();
      };
      start();
    }
    void window.run(() => over).then(finish);
  });
  return outcome;
}

type Send = (link: Link, bytes: Buffer) => void;

function straight(window: Window): Send {
  return (link, bytes) => {
    window.sent += bytes.length;
    link.write(bytes);
  };
}

/** One octet of every burst a millisecond: slow enough that the subject reads each on its own. */
function dribbler(window: Window, isOver: () => boolean): Send {
  const open = new Map<Link, { readonly bytes: Buffer; at: number }>();
  const beat = (): void => {
    if (isOver()) return;
    for (const [link, burst] of open) {
      link.write(burst.bytes.subarray(burst.at, burst.at + 1));
      window.sent += 1;
      burst.at += 1;
      if (burst.at === burst.bytes.length) open.delete(link);
    }
    setTimeout(beat, 1);
  };
  setTimeout(beat, 1);
  return (link, bytes) => open.set(link, { bytes, at: 0 });
}
