/** Requests as bytes, and what a server answers to them. */
import type { ServerOptions } from "../src/index.ts";
import type { MemorySocket } from "../src/testing/index.ts";
import { type World, world } from "./_world.ts";

/** A request to upgrade that is in order. */
export const UPGRADE = {
  host: "example.com",
  upgrade: "websocket",
  connection: "Upgrade",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  "sec-websocket-version": "13",
};

export function head(first: string, headers: Record<string, string>): string {
  return `${first}\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("")}\r\n`;
}

/** What has come back. */
export interface Answer {
  text: string;
  ended: boolean;
  closed: boolean;
}

/** Sends bytes to the server as they are, and collects what comes back. */
export function raw<C>({ stream }: World<C>): { socket: MemorySocket; answer: Answer } {
  const socket = stream();
  const answer = { text: "", ended: false, closed: false };
  socket.handler = {
    onBytes: (chunk) => {
      answer.text += Buffer.from(chunk).toString("latin1");
    },
    onWritable: () => {},
    onEnd: () => {
      answer.ended = true;
    },
    onClose: () => {
      answer.closed = true;
    },
  };
  return { socket, answer };
}

export async function ask(options: ServerOptions<undefined>, text: string): Promise<Answer> {
  const place = world(options);
  const { socket, answer } = raw(place);
  socket.write(Buffer.from(text, "latin1"));
  await place.clock.settle();
  return answer;
}
