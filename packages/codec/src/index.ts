/** The public names of the codec, each exported explicitly. */
export { type Outlet, OutputBuffer } from "./bytes/outlet.ts";
export { type DecodeText, decodeText, type EncodeTextInto, encodeUtf8 } from "./bytes/text.ts";
export {
  HANDSHAKE_RULES,
  HandshakeError,
  type HandshakeErrorCode,
  type HandshakeRule,
  PROTOCOL_RULES,
  ProtocolError,
  type ProtocolErrorCode,
  type ProtocolRule,
  UsageError,
} from "./errors.ts";
export type {
  DeflateEngine,
  Deflater,
  DeflaterOptions,
  Inflater,
  InflaterOptions,
} from "./extensions/deflate-engine.ts";
export type { ContextBudget, DeflateOptions } from "./extensions/deflate-options.ts";
export type { DeflateDeclineReason } from "./extensions/deflate-parameters.ts";
export type {
  AgreedExtension,
  ClientExtension,
  ExtensionDeclined,
  ExtensionOffer,
  ExtensionUser,
  MessageExtension,
  ServerExtension,
} from "./extensions/extension.ts";
export { perMessageDeflateClient } from "./extensions/permessage-deflate-client.ts";
export { perMessageDeflateServer } from "./extensions/permessage-deflate-server.ts";
export { type CloseStatus, closePayload } from "./frame/close-payload.ts";
export type { MaskKeySource } from "./frame/frame-encoder.ts";
export { type MaskKernel, useMaskKernel } from "./frame/masking.ts";
export { acceptKey } from "./handshake/accept-key.ts";
export {
  ClientHandshake,
  type ClientHandshakeOptions,
  type ClientOutcome,
} from "./handshake/client-handshake.ts";
export { type ClientRequest, type ClientRequestOptions, createRequest } from "./handshake/client-request.ts";
export { encodeHead } from "./handshake/encode-head.ts";
export { HeaderFields, type HeaderInit } from "./handshake/header-fields.ts";
export { areSubprotocols } from "./handshake/header-values.ts";
export {
  type HeadLimits,
  type HeadOutcome,
  type HeadParser,
  type RequestHead,
  type ResponseHead,
  requestHeadFromRaw,
  requestHeadParser,
  responseHeadParser,
  type StartLine,
} from "./handshake/http-head.ts";
export { type Negotiated, negotiateExtension } from "./handshake/negotiation.ts";
export {
  type AcceptOptions,
  encodeAccept,
  examineRequest,
  type RequestVerdict,
  type UpgradeRequest,
} from "./handshake/server-handshake.ts";
export type { RequestLine, StatusLine } from "./handshake/start-line.ts";
export type { Limits } from "./limits.ts";
export { type EncoderOptions, MessageEncoder } from "./message/message-encoder.ts";
export { Protocol, type ProtocolHandler, type ProtocolOptions } from "./protocol.ts";
export type { ProtocolState } from "./protocol-state.ts";
