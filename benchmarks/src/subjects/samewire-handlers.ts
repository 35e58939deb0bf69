import type { Message, PreparedMessage, Server, ServerHandlers, WebSocketConnection } from "@samewire/connection";
import { lookup, type Settings } from "./settings.ts";

type Prepare = (message: Message) => PreparedMessage;

const TOPIC = "all";

/** The handlers of our subject: the same on every runtime, as an application would write them. */
export function handlersFor(settings: Settings, prepare: Prepare, server: () => Server<undefined>): ServerHandlers {
  if (settings.mode === "publish") {
    return {
      open: (socket) => socket.subscribe(TOPIC),
      message: (_socket, message) => void server().publish(TOPIC, message),
    };
  }
  if (settings.mode === "broadcast") {
    const receivers = new Set<WebSocketConnection>();
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
