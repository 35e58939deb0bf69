/** What the entry points of Node, Bun and Deno share: files, signals, exit codes. */
import { readFileSync } from "node:fs";
import process from "node:process";
import type { ConnectOptions, Server, TlsOptions, WebSocketConnection } from "@samewire/connection";
import {
  clientArguments,
  echoServer,
  echoSettings,
  echoUntilClosed,
  listeningOn,
  type ServerArguments,
  serverArguments,
} from "./echo.ts";

/** How long connections have to finish after SIGINT or SIGTERM, in milliseconds. */
const DRAIN_DEADLINE = 5_000;

type ServeOptions = ReturnType<typeof echoServer> & {
  readonly port: number;
  readonly host: string;
  readonly tls?: TlsOptions;
};

/** Serves until SIGINT or SIGTERM, then drains and exits 0. */
export async function runServer(
  serve: (options: ServeOptions) => Promise<Server<undefined>>,
  runtime: string,
): Promise<void> {
  const args = orExit(2, () => serverArguments(process.argv.slice(2)));
  const { port, host, deflate } = args;
  const server = await serve({ ...echoServer(deflate), port, host, ...tlsOf(args) }).catch((error) => fail(1, error));
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    await server.drain({ deadline: DRAIN_DEADLINE });
    process.exit(0);
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  console.log(listeningOn(server.url, runtime, args));
}

/** Echoes until the server closes, then exits 0; 1 where it could not connect. */
export async function runClient(
  connect: (url: string, options: ConnectOptions) => Promise<WebSocketConnection>,
): Promise<void> {
  const { url, deflate, ca } = orExit(2, () => clientArguments(process.argv.slice(2)));
  const tls = ca === undefined ? {} : { tls: { ca: readFileSync(ca, "utf8") } };
  const socket = await connect(url, { ...echoSettings(deflate), ...tls }).catch((error) => fail(1, error));
  // No exit here: the process ends when TCP is closed, and not while our last bytes are on their way.
  await echoUntilClosed(socket);
}

function tlsOf({ cert, key }: ServerArguments): { tls?: TlsOptions } {
  if (cert === undefined || key === undefined) return {};
  return { tls: { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") } };
}

function orExit<T>(status: number, run: () => T): T {
  try {
    return run();
  } catch (error) {
    return fail(status, error);
  }
}

function fail(status: number, error: unknown): never {
  console.error(error instanceof Error ? error.message : error);
  process.exit(status);
}
