/** The public names of connection: what adapters build on, and what applications see through them. */
export * from "./application.ts";
export { checkOption } from "./check-option.ts";
export type { Clock } from "./clock.ts";
export { poolContexts } from "./compression/context-pool.ts";
export { processBudget } from "./compression/memory-budget.ts";
export { pakoEngine } from "./compression/pako-engine.ts";
export { type ZlibLike, type ZlibStream, zlibLikeEngine } from "./compression/zlib-contexts.ts";
export { type ConnectOptions, connectWith } from "./connect.ts";
export { withFastLevel } from "./deflate/fast-level.ts";
export type { Dial, DialTarget } from "./dial.ts";
export { PromiseSocket } from "./promise-socket.ts";
export { type ReadMemory, readInto } from "./read-buffer.ts";
export type { Runtime } from "./runtime.ts";
export { type Listener, makeServer } from "./server.ts";
export { checkServerTls } from "./server-checks.ts";
export { ServerCore } from "./server-core.ts";
export { DEFAULT_SETTINGS, type Settings } from "./settings.ts";
export { LENT, LENT_CHUNK, type Socket, type SocketHandler } from "./socket.ts";
