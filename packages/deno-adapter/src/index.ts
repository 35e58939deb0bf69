/** WebSocket server and client for Deno: the same wire as on Node, Bun and workerd. */
export {
  type Acceptance,
  type AgreedExtension,
  type Bytes,
  CloseCode,
  type CloseInfo,
  type CompressionOptions,
  ConnectError,
  type ConnectionHandlers,
  type ConnectionOptions,
  type DrainReport,
  HandshakeError,
  HeaderFields,
  IncomingStream,
  MemoryBudget,
  type Message,
  type OpeningRequest,
  type PeerInfo,
  type PlainResponse,
  PreparedMessage,
  ProtocolError,
  prepare,
  Refusal,
  refuse,
  type Sendable,
  type SendableStream,
  type SendOptions,
  type Server,
  type ServerHandlers,
  type ServerPolicy,
  type TlsOptions,
  type UpgradeResult,
  UsageError,
  WebSocketConnection,
} from "@samewire/connection";
export type { AttachedServer, AttachOptions, Unmatched, UpgradableServer } from "@samewire/node-builtins";
export { attach } from "./attach.ts";
export { type ConnectOptions, connect } from "./connect.ts";
export { type ServeOptions, serve } from "./serve.ts";
export type { DenoTls, DenoTlsNative, ListenOptions } from "./sockets.ts";
