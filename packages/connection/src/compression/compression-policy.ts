/** Turns the `compression` option into what the opening handshake negotiates with. */
import {
  type ClientExtension,
  type DeflateOptions,
  type ExtensionDeclined,
  perMessageDeflateClient,
  perMessageDeflateServer,
  type ServerExtension,
} from "@samewire/codec";
import type { Runtime } from "../runtime.ts";
import type { CompressionOptions } from "./compression-options.ts";
import { processBudget } from "./memory-budget.ts";

/** What of a runtime and of a connection's options compression depends on. */
export type CompressionRuntime = Pick<Runtime, "deflate">;

/**
 * The extensions that a server agrees to. Made once a server, or once a connection where its `upgrade` handler overrides
 * the option. The engine is made when the first client offers compression.
 *
 * @param maxMessageSize the message limit: what may be held in memory anyway is not judged by its ratio
 * @throws UsageError `invalid-option` where an option is out of its range
 */
export function serverCompression(
  compression: boolean | CompressionOptions | undefined,
  maxMessageSize: number,
  runtime: CompressionRuntime,
): readonly ServerExtension[] {
  const options = optionsOf(compression, maxMessageSize);
  return options === undefined ? [] : [perMessageDeflateServer(() => runtime.deflate(), options)];
}

/** The extensions that a client offers, made anew for each handshake; see {@link serverCompression}. */
export function clientCompression(
  compression: boolean | CompressionOptions | undefined,
  maxMessageSize: number,
  runtime: CompressionRuntime,
): readonly ClientExtension[] {
  const options = optionsOf(compression, maxMessageSize);
  return options === undefined ? [] : [perMessageDeflateClient(() => runtime.deflate(), options)];
}

/** Why there is no compression where it is not even negotiated. */
export const COMPRESSION_OFF: ExtensionDeclined = { extension: "permessage-deflate", reason: "off" };

function optionsOf(
  compression: boolean | CompressionOptions | undefined,
  maxMessageSize: number,
): DeflateOptions | undefined {
  if (compression === undefined || compression === false) return undefined;
  const options = compression === true ? {} : compression;
  return { ratioFloor: maxMessageSize, budget: processBudget, ...options };
}
