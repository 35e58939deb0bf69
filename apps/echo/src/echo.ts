/** What the echo server and client of every runtime share: the handler, the options, the command line. No runtime in it. */
import type { ConnectionOptions, ServerHandlers, ServerPolicy, WebSocketConnection } from "@samewire/connection";
import { refuse } from "@samewire/connection";
import { page } from "./page.ts";

const MIB = 1024 * 1024;

/** The command line of the server, as parsed. */
export interface ServerArguments {
  readonly port: number;
  readonly host: string;
  readonly deflate: boolean;
  /** Files in PEM: with both, the server speaks `wss:`. */
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/** The command line of the client, as parsed. */
export interface ClientArguments {
  readonly url: string;
  readonly deflate: boolean;
  /** A file in PEM: the authority to trust. */
  readonly ca: string | undefined;
}

export const SERVER_USAGE = "--port N [--host H] [--no-deflate] [--cert FILE --key FILE]";
export const CLIENT_USAGE = "URL [--no-deflate] [--ca FILE]";

/** @throws Error with the usage on anything else than {@link SERVER_USAGE} */
export function serverArguments(argv: readonly string[]): ServerArguments {
  const { options, deflate, rest } = parse(argv, ["--port", "--host", "--cert", "--key"], SERVER_USAGE);
  const port = Number(options.get("--port") ?? "");
  const bad = rest.length > 0 || !options.has("--port") || !Number.isInteger(port) || port < 0 || port > 65535;
  if (bad || options.has("--cert") !== options.has("--key")) throw new Error(`usage: ${SERVER_USAGE}`);
  const host = options.get("--host") ?? "127.0.0.1";
  return { port, host, deflate, cert: options.get("--cert"), key: options.get("--key") };
}

/** @throws Error with the usage on anything else than {@link CLIENT_USAGE} */
export function clientArguments(argv: readonly string[]): ClientArguments {
  const { options, deflate, rest } = parse(argv, ["--ca"], CLIENT_USAGE);
  const [url] = rest;
  if (url === undefined || rest.length > 1) throw new Error(`usage: ${CLIENT_USAGE}`);
  return { url, deflate, ca: options.get("--ca") };
}

/** Large messages, and every message compressed where that was agreed: what conformance and load tools need. */
export function echoSettings(deflate: boolean): ConnectionOptions {
  return {
    maxMessageSize: 64 * MIB,
    // The echo of the largest message, and one more behind it.
    maxBufferedAmount: 129 * MIB,
    // What is sent back is no larger than what was accepted, so a high ratio is no danger here.
    compression: deflate && { threshold: 0, maxRatio: 0 },
  };
}

/** How many of the reasons that connections were closed with are remembered. */
const REMEMBERED = 64;

/**
 * The echo server. Beside the echo itself, for tests of clients, by path: `/refused` answers 401 with a body,
 * `/closing?CODE,REASON` closes on the first message, `/closes` answers a reason with the code that a connection was
 * closed with for it, `/fragments` answers each message in three fragments and a Ping before the last.
 */
export function echoServer(deflate: boolean): ServerHandlers & ServerPolicy {
  const closes = new Map<string, number>();
  return {
    ...echoSettings(deflate),
    origins: "any",
    subprotocols: ["chat.v1"],
    upgrade: ({ path }) => (path === "/refused" ? refuse(401, { "www-authenticate": "Bearer" }, "Who are you?\n") : {}),
    message(socket, message): Promise<unknown> | undefined {
      const { target } = socket;
      if (target === "/") return echo(socket, message);
      if (target === "/closes") return echo(socket, String(closes.get(String(message)) ?? "none"));
      if (target === "/fragments") return socket.send(fragments(socket, message));
      const closing = /^\/closing\?(\d+),(.*)$/.exec(target);
      if (closing === null) return echo(socket, message);
      return socket.close(Number(closing[1]), decodeURIComponent(closing[2] as string));
    },
    close(_socket, { code, reason }) {
      if (reason === "") return;
      closes.set(reason, code);
      for (const oldest of closes.keys()) if (closes.size > REMEMBERED) closes.delete(oldest);
    },
    request: page,
  };
}

/** The echo client: sends back what it receives until the server closes. */
export async function echoUntilClosed(socket: WebSocketConnection): Promise<void> {
  for await (const message of socket) await echo(socket, message);
}

/** The one line that the server prints, and that tools wait for. */
export function listeningOn(url: string, runtime: string, { deflate }: ServerArguments): string {
  return `listening on ${url} (${runtime}, permessage-deflate ${deflate ? "when offered" : "off"})`;
}

/** A promise only where the peer reads slower than it writes: it holds the next message back. */
function echo(socket: WebSocketConnection, message: string | Uint8Array): Promise<void> | undefined {
  return socket.send(message) ? undefined : socket.drained();
}

async function* fragments(
  socket: WebSocketConnection,
  message: string | Uint8Array,
): AsyncGenerator<string | Uint8Array> {
  // Not within a surrogate pair: each fragment of a text is a string of its own here.
  const cuts = [0, 1, 2].map((part) => Math.floor((message.length * part) / 3));
  const at = cuts.map((cut) => (isTrail(message, cut) ? cut + 1 : cut));
  yield message.slice(at[0], at[1]);
  yield message.slice(at[1], at[2]);
  socket.ping("between");
  yield message.slice(at[2]);
}

function isTrail(message: string | Uint8Array, at: number): boolean {
  if (typeof message !== "string") return false;
  const unit = message.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function parse(
  argv: readonly string[],
  named: readonly string[],
  usage: string,
): { options: Map<string, string>; deflate: boolean; rest: string[] } {
  const options = new Map<string, string>();
  const rest: string[] = [];
  let deflate = true;
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] as string;
    if (word === "--no-deflate") {
      deflate = false;
    } else if (named.includes(word)) {
      const value = argv[++index];
      if (value === undefined) throw new Error(`usage: ${usage}`);
      options.set(word, value);
    } else if (word.startsWith("-")) {
      throw new Error(`usage: ${usage}`);
    } else {
      rest.push(word);
    }
  }
  return { options, deflate, rest };
}
