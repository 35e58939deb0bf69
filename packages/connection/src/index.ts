/** The public names of connection: what adapters build on and applications see through them. */
export {
  type AgreedExtension,
  type ExtensionDeclined,
  type ExtensionOffer,
  HandshakeError,
  HeaderFields,
  type HeaderInit,
  ProtocolError,
  type RefusedResponse,
  UsageError,
} from "@samewire/codec";
export type { Clock } from "./clock.ts";
export { CloseCode } from "./close-code.ts";
export type { CompressionOptions } from "./compression/compression-options.ts";
export { poolContexts } from "./compression/context-pool.ts";
export { MemoryBudget, processBudget } from "./compression/memory-budget.ts";
export { pakoEngine } from "./compression/pako-engine.ts";
export { type ZlibLike, type ZlibStream, zlibLikeEngine } from "./compression/zlib-contexts.ts";
export { type ConnectOptions, connectWith } from "./connect.ts";
export type { Dial, DialTarget } from "./dial.ts";
export type { ConnectionHandlers } from "./handlers.ts";
export type { Bytes, CloseInfo, Message } from "./message.ts";
export { ConnectError } from "./opening/connect-error.ts";
export { Refusal, refuse } from "./opening/refusal.ts";
export type { ClientOptions, ConnectionOptions, ServerPolicy, TlsOptions } from "./options.ts";
export { PreparedMessage, prepare } from "./prepared-message.ts";
export { PromiseSocket } from "./promise-socket.ts";
export { IncomingStream } from "./receiving/incoming-stream.ts";
export type { Runtime } from "./runtime.ts";
export type { Sendable, SendableStream, SendOptions } from "./sendable.ts";
export { type Listener, makeServer, type Server } from "./server.ts";
export { type DrainReport, ServerCore, type ServerOptions } from "./server-core.ts";
export type {
  Acceptance,
  OpeningRequest,
  PlainResponse,
  ServerHandlers,
  UpgradeResult,
} from "./server-handlers.ts";
export { DEFAULT_SETTINGS, type Settings } from "./settings.ts";
export { LENT, type PeerInfo, type Socket, type SocketHandler } from "./socket.ts";
export { WebSocketConnection } from "./web-socket-connection.ts";
