import type { ConnectionHandlers } from "./handlers.ts";
import type { WebSocketConnection } from "./web-socket-connection.ts";

/** The handlers that `connect` takes: a client asks for its messages, and is told of its end by `closed`. */
export type ClientHandlers = Pick<ConnectionHandlers<WebSocketConnection>, "ping" | "pong" | "error">;
