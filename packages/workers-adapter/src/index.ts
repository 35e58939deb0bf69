/** WebSocket server and client for workerd and Cloudflare Workers: the same wire as on Node, Bun and Deno. */
export {
  type Acceptance,
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
export { type ConnectOptions, connect } from "./connect.ts";
export type { Hub, HubCalls } from "./hub.ts";
export { type HubStub, type ServeOptions, serve, type WorkersServer } from "./serve.ts";
export type { WorkersTls } from "./sockets.ts";
