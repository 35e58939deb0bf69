/** RFC 7692 section 7.1: the parameters of permessage-deflate in an offer or a response. */
import type { ExtensionOffer } from "./extension.ts";

export const PERMESSAGE_DEFLATE = "permessage-deflate";

/** Why compression was not agreed. Stable, and the same on every runtime. */
export type DeflateDeclineReason =
  /** The client did not offer permessage-deflate. */
  | "not-offered"
  /** A parameter that RFC 7692 does not know (section 7: decline). */
  | "unknown-parameter"
  | "duplicate-parameter"
  /** A value that is missing, superfluous, or not in 8 to 15. */
  | "invalid-parameter"
  /** The server is to compress with a window of 256 bytes, which DEFLATE libraries cannot do. */
  | "window-bits-8"
  /** The response leaves out, or goes over, what the offer demands (sections 7.1.1.1 and 7.1.2.1). */
  | "parameter-not-honoured"
  /** The process has no memory left for compression. */
  | "memory-budget";

/** The parameters by their names. One without a value is `true`, one that is not there undefined or false. */
export interface DeflateParameters {
  readonly server_no_context_takeover?: boolean | undefined;
  readonly client_no_context_takeover?: boolean | undefined;
  /** 8 to 15. */
  readonly server_max_window_bits?: number | undefined;
  /** 8 to 15; `true` where an offer names it without a value. */
  readonly client_max_window_bits?: number | true | undefined;
}

/** Reads the parameters of one offer or response; the reason to decline it where they are not valid. */
export function readParameters(params: ExtensionOffer["params"]): DeflateParameters | DeflateDeclineReason {
  const read: Record<string, number | true> = {};
  for (const [name, value] of params) {
    if (Object.hasOwn(read, name)) return "duplicate-parameter";
    if (!/^(?:server|client)_(?:no_context_takeover|max_window_bits)$/.test(name)) return "unknown-parameter";
    // Section 7.1.2: a decimal integer without leading zeroes, from 8 to 15, which only a client's offer may leave out.
    const valid =
      value === true ? name !== "server_max_window_bits" : name.endsWith("bits") && /^(?:[89]|1[0-5])$/.test(value);
    if (!valid) return "invalid-parameter";
    read[name] = value === true || Number(value);
  }
  return read;
}

/** The header form of parameters. */
export function writeParameters(parameters: DeflateParameters): ExtensionOffer {
  const params = Object.entries(parameters)
    .filter(([, value]) => value)
    .map(([name, value]) => [name, value === true || String(value)] as const);
  return { name: PERMESSAGE_DEFLATE, params };
}
