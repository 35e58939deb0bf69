/** What the application may send. */
import type { Bytes } from "./message.ts";
import type { PreparedMessage } from "./prepared-message.ts";

/** What can be sent at once as one message. */
export type Sendable = string | Bytes | PreparedMessage;

/** What can be sent as one message piece by piece: all strings (text) or all bytes (binary). */
export type SendableStream = AsyncIterable<string | Bytes> | ReadableStream<string | Bytes>;

/** How one message is sent. */
export interface SendOptions {
  /** Compress this message or not, whatever the threshold says; without compression agreed on it has no effect. */
  readonly compress?: boolean | undefined;
}
