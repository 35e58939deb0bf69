import type { ClientSocket, Open } from "./cases.ts";

/** As much of the WHATWG interface as the cases need. */
export interface WhatwgSocket {
  binaryType: string;
  readonly extensions: string;
  onopen: unknown;
  onmessage: unknown;
  onerror: unknown;
  onclose: unknown;
  send(message: string | Uint8Array<ArrayBuffer>): void;
  close(code: number, reason: string): void;
}

interface CloseEvent {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}

/** What an implementation offers beyond the WHATWG interface. */
type Extras<S> = (socket: S) => Pick<ClientSocket, "ping" | "sendFragments">;

/** The cases' client over a WHATWG `WebSocket`: Bun's, Deno's, undici's, ws's. It cannot tell why it was refused. */
export function whatwgClient<S extends WhatwgSocket>(
  make: (url: string, deflate: boolean) => S,
  extras: Extras<S> = () => ({}),
): Open {
  return (url, deflate) =>
    new Promise((resolve, reject) => {
      const socket = make(url, deflate);
      socket.binaryType = "arraybuffer";
      const messages: (string | Uint8Array)[] = [];
      let wake: (() => void) | undefined;
      let over: CloseEvent | undefined;
      const closed = new Promise<{ code: number; reason: string; clean: boolean }>((settle) => {
        socket.onclose = (event: CloseEvent) => {
          over = event;
          settle({ code: event.code, reason: event.reason, clean: event.wasClean });
          reject(new Error(`closed with ${event.code}`));
          wake?.();
        };
      });
      socket.onerror = () => {};
      socket.onmessage = ({ data }: { data: string | ArrayBuffer }) => {
        messages.push(typeof data === "string" ? data : new Uint8Array(data));
        wake?.();
      };
      const client: Omit<ClientSocket, "extensions"> = {
        send: (message) => socket.send(message),
        async receive() {
          while (messages.length === 0) {
            if (over !== undefined) throw new Error(`closed with ${over.code} ${over.reason}`);
            await new Promise<void>((resume) => {
              wake = resume;
            });
          }
          return messages.shift() as string | Uint8Array;
        },
        close: (code, reason) => socket.close(code, reason),
        closed,
      };
      socket.onopen = () => resolve({ ...client, ...extras(socket), extensions: socket.extensions });
    });
}
