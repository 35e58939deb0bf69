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

export interface DeflateParameters {
  serverNoContextTakeover: boolean;
  clientNoContextTakeover: boolean;
  /** 8 to 15. */
  serverMaxWindowBits: number | undefined;
  /** 8 to 15; `true` where an offer names it without a value. */
  clientMaxWindowBits: number | true | undefined;
}

/** Reads the parameters of one offer or response; the reason to decline it where they are not valid. */
export function readParameters(params: ExtensionOffer["params"]): DeflateParameters | DeflateDeclineReason {
  const seen = new Set<string>();
  const read: DeflateParameters = {
    serverNoContextTakeover: false,
    clientNoContextTakeover: false,
    serverMaxWindowBits: undefined,
    clientMaxWindowBits: undefined,
  };
  for (const [name, value] of params) {
    if (seen.has(name)) return "duplicate-parameter";
    seen.add(name);
    switch (name) {
      case "server_no_context_takeover":
        if (value !== true) return "invalid-parameter";
        read.serverNoContextTakeover = true;
        break;
      case "client_no_context_takeover":
        if (value !== true) return "invalid-parameter";
        read.clientNoContextTakeover = true;
        break;
      case "server_max_window_bits":
        if (value === true || !isWindowBits(value)) return "invalid-parameter";
        read.serverMaxWindowBits = Number(value);
        break;
      case "client_max_window_bits":
        if (value !== true && !isWindowBits(value)) return "invalid-parameter";
        read.clientMaxWindowBits = value === true || Number(value);
        break;
      default:
        return "unknown-parameter";
    }
  }
  return read;
}

/** Section 7.1.2: a decimal integer without leading zeroes, from 8 to 15. */
function isWindowBits(value: string): boolean {
  return /^(?:[89]|1[0-5])$/.test(value);
}

/** The header form of parameters. */
export function writeParameters(parameters: DeflateParameters): ExtensionOffer {
  const params: [string, string | true][] = [];
  if (parameters.serverNoContextTakeover) params.push(["server_no_context_takeover", true]);
  if (parameters.clientNoContextTakeover) params.push(["client_no_context_takeover", true]);
  if (parameters.serverMaxWindowBits !== undefined) {
    params.push(["server_max_window_bits", String(parameters.serverMaxWindowBits)]);
  }
  const client = parameters.clientMaxWindowBits;
  if (client !== undefined) params.push(["client_max_window_bits", client === true || String(client)]);
  return { name: PERMESSAGE_DEFLATE, params };
}
