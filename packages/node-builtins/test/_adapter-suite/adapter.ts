import type {
  ConnectOptions,
  PreparedMessage,
  Refusal,
  Server,
  ServerOptions,
  WebSocketConnection,
} from "@samewire/connection";
import { testCertificate } from "../test-certificate.ts";

/** What every adapter that listens offers alike; that it fits is a matter of the compiler. */
export interface Adapter {
  serve<C = undefined>(options: ServerOptions<C> & Where): Promise<Server<C>>;
  connect(url: string | URL, options?: ConnectOptions): Promise<WebSocketConnection>;
  refuse(status: number, headers?: Readonly<Record<string, string>>, body?: string): Refusal;
  prepare(message: string | Uint8Array): PreparedMessage;
}

export interface Where {
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  readonly path?: string | undefined;
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
}

export const options: { readonly timeout: number } = { timeout: 30_000 };

export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A certificate for all tests of the process. */
export const certificate: Promise<{ cert: string; key: string }> = testCertificate();

/** Serves on 127.0.0.1 while `body` runs. */
export async function serving<C = undefined>(
  { serve }: Adapter,
  given: ServerOptions<C> & Where,
  body: (server: Server<C>) => Promise<void>,
): Promise<void> {
  const server = await serve<C>({ ...(given.path === undefined ? { host: "127.0.0.1", port: 0 } : {}), ...given });
  try {
    await body(server);
  } finally {
    await server.close();
  }
}

/** Waits until the condition holds. */
export async function eventually(condition: () => boolean, what: string, milliseconds = 5_000): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited for ${what}`);
    await sleep(2);
  }
}
