import type { DecodeText, DeflateEngine, EncodeTextInto } from "@samewire/codec";
import type { Clock } from "./clock.ts";

/** What a runtime gives, passed in once by its adapter. */
export interface Runtime {
  /** `node`, `bun`, `deno` or `workerd`. */
  readonly name: string;
  readonly clock: Clock;
  /** Fills with bytes of a cryptographically secure generator (masking keys, RFC 6455 section 10.3; nonces, 4.1). */
  randomFill(bytes: Uint8Array): void;
  /** DEFLATE for permessage-deflate; made when first asked for, so that it costs nothing where nothing is compressed. */
  deflate(): DeflateEngine;
  /**
   * Decodes text where the runtime has something faster than `TextDecoder`: the string with a leading U+FEFF kept, or
   * undefined where the bytes are not valid UTF-8.
   */
  readonly decodeText?: DecodeText | undefined;
  /** Encodes text where the runtime has something faster than `TextEncoder`. */
  readonly encodeTextInto?: EncodeTextInto | undefined;
  /** Called when a server is made, and before the first client connects: more than once where there are several. */
  prepare?(): void;
}
