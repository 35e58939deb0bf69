export type { Clock } from "./clock.ts";
export type { CompressionOptions } from "./compression/compression-options.ts";
export { MemoryBudget, processBudget } from "./compression/memory-budget.ts";
export { pakoEngine } from "./compression/pako-engine.ts";
export { type ZlibLike, type ZlibStream, zlibLikeEngine } from "./compression/zlib-contexts.ts";
export type { Dial, DialTarget } from "./dial.ts";
export type { ClientOptions, ConnectionOptions, ServerPolicy, TlsOptions } from "./options.ts";
export type { Runtime } from "./runtime.ts";
export { LENT, type PeerInfo, type Socket, type SocketHandler } from "./socket.ts";
