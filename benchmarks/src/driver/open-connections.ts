import { connectLink, type Link } from "./link.ts";
import { openingRequest, readOpeningAnswer } from "./opening.ts";

const AT_ONCE = 64;
const OPENING_DEADLINE_MS = 10_000;

export interface OpenedLink {
  readonly link: Link;
  readonly extensions: string;
}

export interface OpenOptions {
  readonly port: number;
  readonly framing: "websocket" | "raw";
  readonly count: number;
  readonly deflateOffer?: string | undefined;
}

/** Opens `count` connections, a bounded number at a time, and performs the opening handshake on each. */
export async function openConnections(options: OpenOptions): Promise<OpenedLink[]> {
  const opened: OpenedLink[] = [];
  let begun = 0;
  const worker = async (): Promise<void> => {
    while (begun < options.count) {
      begun += 1;
      opened.push(await openConnection(options));
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, options.count) }, worker));
  return opened;
}

/** Throws when the subject closed some of them: memory of connections that are gone is no memory of idle ones. */
export function expectStillOpen(opened: readonly OpenedLink[]): void {
  const closed = opened.filter(({ link }) => link.closed).length;
  if (closed > 0) throw new Error(`the subject closed ${closed} of ${opened.length} idle connections`);
}

export async function openConnection(options: OpenOptions): Promise<OpenedLink> {
  const link = await connectLink(options.port);
  if (options.framing === "raw") return { link, extensions: "" };
  return await new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0);
    const timer = setTimeout(() => reject(new Error("no answer to the opening handshake")), OPENING_DEADLINE_MS);
    link.onClose = () => reject(new Error("closed during the opening handshake"));
    link.onData = (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      try {
        const answer = readOpeningAnswer(received);
        if (answer === undefined) return;
        if (answer.rest.length > 0) throw new Error("octets follow the opening handshake unasked");
        clearTimeout(timer);
        link.onData = () => {};
        link.onClose = () => {};
        resolve({ link, extensions: answer.extensions });
      } catch (error) {
        clearTimeout(timer);
        reject(error);
      }
    };
    link.write(Buffer.from(openingRequest(options.port, options.deflateOffer), "latin1"));
  });
}
