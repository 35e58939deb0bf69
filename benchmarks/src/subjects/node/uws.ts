import { collectOnSignal } from "../collect-garbage.ts";
import { announce, lookup, MAX_MESSAGE, parseSettings } from "../settings.ts";

/** The part of µWebSockets.js that is used here; the package is optional and has no place in the lock file. */
interface UwsSocket {
  subscribe(topic: string): boolean;
  send(message: ArrayBuffer, isBinary: boolean, compress: boolean): number;
}
interface UwsModule {
  readonly DEDICATED_COMPRESSOR: number;
  readonly DEDICATED_DECOMPRESSOR: number;
  App(): {
    ws(pattern: string, behaviour: Record<string, unknown>): unknown;
    publish(topic: string, message: ArrayBuffer, isBinary: boolean): boolean;
    listen(host: string, port: number, done: (token: unknown) => void): unknown;
  };
  us_socket_local_port(token: unknown): number;
}

const { handler, mode, deflate } = parseSettings(process.argv[2]);
const uws = (await import("uws-pack" as string)) as UwsModule;
const app = uws.App();
app.ws("/*", {
  maxPayloadLength: MAX_MESSAGE,
  maxBackpressure: MAX_MESSAGE * 4,
  idleTimeout: 0,
  compression: deflate ? uws.DEDICATED_COMPRESSOR | uws.DEDICATED_DECOMPRESSOR : 0,
  open: (socket: UwsSocket) => {
    if (mode !== "echo") socket.subscribe("all");
  },
  message: (socket: UwsSocket, message: ArrayBuffer, isBinary: boolean) => {
    if (mode !== "echo") app.publish("all", message, isBinary);
    else if (handler === "async") {
      // The message is only lent for the call: an asynchronous handler has to copy it.
      const held = message.slice(0);
      lookup().then(() => socket.send(held, isBinary, deflate));
    } else socket.send(message, isBinary, deflate);
  },
});
app.listen("127.0.0.1", 0, (token) => {
  if (token === false) throw new Error("µWebSockets.js could not listen");
  announce(uws.us_socket_local_port(token));
});
collectOnSignal();
