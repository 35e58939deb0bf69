export { nodeClock } from "./node-clock.ts";
export { NodeSocket, NodeTcpSocket, nodeSocket } from "./node-socket.ts";
export { randomFill } from "./random-fill.ts";
export { listenFresh, removeStaleSocket } from "./stale-socket.ts";
export { nativeZlib, zlibEngine } from "./zlib-engine.ts";
export { provesItself } from "./zlib-proof.ts";
