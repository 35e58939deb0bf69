import { ConnectError, type ConnectOptions, type WebSocketConnection } from "@samewire/connection";
import { echoSettings } from "../echo.ts";
import type { ClientSocket, Open, Refused } from "./cases.ts";

/** How often a Ping goes out where none was asked for: the API measures round trips, and sends no lone Ping that it waits for. */
const PING_INTERVAL = 20;

/** The cases' client over `connect` of one of our adapters. */
export function samewireClient(
  connect: (url: string, options: ConnectOptions) => Promise<WebSocketConnection>,
  ca: string | undefined,
): Open {
  return async (url, deflate) => {
    const tls = ca === undefined ? {} : { tls: { ca } };
    const socket = await connect(url, { ...echoSettings(deflate), ...tls, pingInterval: PING_INTERVAL }).catch(told);
    return clientSocket(socket);
  };
}

/** @throws Refused where the server answered with a refusal */
function told(error: unknown): never {
  const response = error instanceof ConnectError ? error.response : undefined;
  if (response === undefined) throw error;
  const refusal = { status: response.status, body: new TextDecoder().decode(response.body) };
  throw Object.assign(new Error((error as Error).message), { refusal }) satisfies Refused;
}

function clientSocket(socket: WebSocketConnection): ClientSocket {
  return {
    send: (message) => void socket.send(message),
    sendFragments: (parts) =>
      socket.send(
        (async function* () {
          yield* parts;
        })(),
      ),
    async ping() {
      while (socket.roundTripTime === undefined) {
        if (socket.state !== "open") throw new Error("closed before the Pong");
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    async receive() {
      const message = await socket.receive();
      if (message === undefined) throw new Error(`closed: ${JSON.stringify(await socket.closed)}`);
      return message;
    },
    close: (code, reason) => void socket.close(code, reason),
    closed: socket.closed,
    extensions: socket.extensions.map(({ name }) => name).join(),
  };
}
