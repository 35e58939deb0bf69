import type { Message, PreparedMessage, ServerHandlers, WebSocketConnection } from "@samewire/connection";
import { lookup, type Settings } from "./settings.ts";

/** What an adapter adds to the handlers: the same three things on each. */
export interface Broadcasting {
  prepare(message: Message): PreparedMessage;
}

/** The handlers of our subject: the same on every runtime, as an application would write them. */
export function handlersFor(settings: Settings, { prepare }: Broadcasting): ServerHandlers {
  const receivers = new Set<WebSocketConnection>();
  if (settings.mode !== "echo") {
    return {
      open: (socket) => void receivers.add(socket),
      close: (socket) => void receivers.delete(socket),
      message: (_socket, message) => {
        const prepared = prepare(message);
        for (const receiver of receivers) receiver.send(prepared);
      },
    };
  }
  if (settings.handler === "async") {
    return {
      async message(socket, message) {
        await lookup();
        socket.send(message);
      },
    };
  }
  return { message: (socket, message) => void socket.send(message) };
}
