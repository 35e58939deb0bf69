/** WebSocket server and client for workerd and Cloudflare Workers: the same wire as on Node, Bun and Deno. */
export * from "@samewire/connection/application";
export { type ConnectOptions, connect } from "./connect.ts";
export type { Hub, HubCalls } from "./hub.ts";
export { type HubStub, type ServeOptions, serve, type WorkersServer } from "./serve.ts";
export type { WorkersTls } from "./sockets.ts";
