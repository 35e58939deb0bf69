/** What an application sees, whatever the runtime: every adapter exports all of these names, and adds its own few. */
export {
  type AgreedExtension,
  type ExtensionDeclined,
  type ExtensionOffer,
  HandshakeError,
  HeaderFields,
  type HeaderInit,
  ProtocolError,
  UsageError,
} from "@samewire/codec";
export type { ClientHandlers } from "./client-handlers.ts";
export { CloseCode } from "./close-code.ts";
export type { CloseInfo } from "./close-info.ts";
export type { CompressionOptions } from "./compression/compression-options.ts";
export { MemoryBudget } from "./compression/memory-budget.ts";
export type { ConnectionHandlers } from "./handlers.ts";
export type { Bytes, Message, OwnBytes } from "./message.ts";
export { ConnectError } from "./opening/connect-error.ts";
export { Refusal, refuse } from "./opening/refusal.ts";
export type { RefusedResponse } from "./opening/refused-body.ts";
export type { ClientOptions, ConnectionOptions, ServerPolicy, TlsOptions } from "./options.ts";
export { PreparedMessage, prepare } from "./prepared-message.ts";
export { IncomingStream } from "./receiving/incoming-stream.ts";
export type { Sendable, SendableStream, SendOptions } from "./sendable.ts";
export type { Server } from "./server.ts";
export type { DrainReport, ServerOptions } from "./server-core.ts";
export type {
  Acceptance,
  OpeningRequest,
  PlainResponse,
  ServerHandlers,
  UpgradeResult,
} from "./server-handlers.ts";
export type { PeerInfo } from "./socket.ts";
export { WebSocketConnection } from "./web-socket-connection.ts";
