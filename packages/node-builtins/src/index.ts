export { type AttachedServer, type AttachOptions, attachTo } from "./attach.ts";
export { keepFreedMemory } from "./freed-memory.ts";
export { nodeClock } from "./node-clock.ts";
export { NodeSocket, ownerOf } from "./node-socket.ts";
export { randomFill } from "./random-fill.ts";
export { serverUrl } from "./server-url.ts";
export { listenFresh, removeStaleSocket } from "./stale-socket.ts";
export type { Unmatched, UpgradableServer } from "./upgrade-router.ts";
export { zlibEngine } from "./zlib-engine.ts";
