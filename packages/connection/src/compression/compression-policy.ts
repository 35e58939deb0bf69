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

const NAME = "permessage-deflate";
/** The reason why there is no compression where the option says so. One for all connections. */
const OFF: ExtensionDeclined = { extension: NAME, reason: "off" };

/**
 * The extensions that a server agrees to. Made once a server, or once a connection where its `upgrade` handler overrides
 * the option. The engine is made when the first client offers compression.
 *
 * @param maxMessageSize the message limit: what may be held in memory anyway is not judged by its ratio
 * @throws UsageError `option` where an option is out of its range
 */
export function serverCompression(
  compression: boolean | CompressionOptions,
  maxMessageSize: number,
  runtime: Pick<Runtime, "deflate">,
): readonly ServerExtension[] {
  if (compression === false) return [{ name: NAME, accept: () => OFF }];
  return [perMessageDeflateServer(() => runtime.deflate(), optionsOf(compression, maxMessageSize))];
}

/** The extensions that a client offers, made anew for each handshake; see {@link serverCompression}. */
export function clientCompression(
  compression: boolean | CompressionOptions,
  maxMessageSize: number,
  runtime: Pick<Runtime, "deflate">,
): readonly ClientExtension[] {
  if (compression === false) {
    return [{ name: NAME, offers: [], withheld: OFF.reason, confirm: () => OFF }];
  }
  return [perMessageDeflateClient(() => runtime.deflate(), optionsOf(compression, maxMessageSize))];
}

function optionsOf(compression: true | CompressionOptions, maxMessageSize: number): DeflateOptions {
  const given = compression === true ? {} : compression;
  return {
    ...given,
    ratioFloor: given.ratioFloor ?? Math.floor(maxMessageSize),
    budget: given.budget ?? processBudget,
  };
}
