/** For tests: a clock and sockets in memory. The socket contract suite is `./socket-contract`. */
export { FakeClock } from "./fake-clock.ts";
export { type MemoryOptions, MemorySocket, memoryPair } from "./memory-socket.ts";
