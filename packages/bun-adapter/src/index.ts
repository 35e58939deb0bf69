/** WebSocket server and client for Bun: the same wire as on Node, Deno and workerd. */
export * from "@samewire/connection/application";
export type { AttachedServer, AttachOptions, Unmatched, UpgradableServer } from "@samewire/node-builtins";
export { attach } from "./attach.ts";
export { type ConnectOptions, connect } from "./connect.ts";
export { type ServeOptions, serve } from "./serve.ts";
export type { BunTls, ListenOptions } from "./sockets.ts";
