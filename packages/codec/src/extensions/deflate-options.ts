/** RFC 7692: the options of permessage-deflate, their defaults and their checks. */
import { checkUsage } from "../errors.ts";

/**
 * Options of permessage-deflate in either role. The four that are negotiated bear the names of RFC 7692 section 7.1 and
 * mean the same in either role: `server…` limits what the server sends, `client…` what the client sends.
 */
export interface DeflateOptions {
  /**
   * A message shorter than this many bytes is sent as it is, and leaves no trace in the compressor's history. A message
   * sent as a stream, whose length is not known, is compressed. Default 256.
   */
  readonly threshold?: number | undefined;
  /** 1 (fast) to 9 (small). Default 1, which is a compressor of samewire's own; from 2 on it is the engine's. */
  readonly level?: number | undefined;
  /** 1 to 9: memory of the compressor besides its window, of little use beyond the default of 6, and of none at level 1. */
  readonly memLevel?: number | undefined;
  /**
   * The largest LZ77 window with which the server compresses, as a base-2 logarithm: 9 to 15 (section 7.1.2.1). A
   * server keeps to it; a client asks for it. Default: 13 in a server; a client asks for nothing.
   */
  readonly serverMaxWindowBits?: number | undefined;
  /**
   * The largest LZ77 window with which the client compresses: 9 to 15 (section 7.1.2.2). A server asks for it where the
   * client has said that it can obey; a client keeps to it. Default: 13 in a client; a server asks for nothing.
   */
  readonly clientMaxWindowBits?: number | undefined;
  /** The server forgets its history after each message (section 7.1.1.1). Default false. */
  readonly serverNoContextTakeover?: boolean | undefined;
  /** The client forgets its history after each message (section 7.1.1.2). Default false. */
  readonly clientNoContextTakeover?: boolean | undefined;
  /**
   * A message fails the connection (`deflate-ratio`, 1009) that inflates to more than this many times its compressed
   * size, not counting {@link ratioFloor} bytes and, with context takeover, one window, which older messages have paid
   * for. 0 turns the guard off. Default 200.
   */
  readonly maxRatio?: number | undefined;
  /** Bytes of each message, inflated, that the ratio does not count. Default 1 MiB. */
  readonly ratioFloor?: number | undefined;
  /** The account of the memory that contexts take, shared by many connections. Default: none is kept. */
  readonly budget?: ContextBudget | undefined;
}

/** The account of the memory of many connections' contexts. */
export interface ContextBudget {
  /** Whether there is room for this many bytes more that are kept from message to message. */
  fits(bytes: number): boolean;
  /** True where not even contexts for the length of a message should be promised to one more connection. */
  readonly full: boolean;
  /** Takes bytes, whether they fit or not. */
  charge(bytes: number): void;
  /** Gives bytes back. */
  refund(bytes: number): void;
}

/** {@link DeflateOptions} with every default of a number filled in that does not depend on the role. */
export type DeflateSettings = DeflateOptions &
  Readonly<Record<"threshold" | "level" | "memLevel" | "maxRatio" | "ratioFloor", number>>;

/** The window with which we compress unless told otherwise. */
export const DEFAULT_WINDOW_BITS = 13;

/** What may be asked of the options that are numbers, whole ones or no bound at all, and what is taken where they are not given. */
const NUMBERS: readonly (readonly [name: string, least: number, most: number, fallback?: number])[] = [
  ["level", 1, 9, 1],
  ["memLevel", 1, 9, 6],
  ["serverMaxWindowBits", 9, 15],
  ["clientMaxWindowBits", 9, 15],
  ["threshold", 0, Infinity, 256],
  ["maxRatio", 0, Infinity, 200],
  ["ratioFloor", 0, Infinity, 1 << 20],
];

/**
 * Fills in the defaults.
 *
 * @throws UsageError `option` where a value is out of its range
 */
export function deflateSettings(options: DeflateOptions): DeflateSettings {
  const settings: Record<string, unknown> = { ...options };
  for (const [name, least, most, fallback] of NUMBERS) {
    settings[name] ??= fallback;
    const value = settings[name] ?? most;
    const whole = Number.isInteger(value) || value === most;
    checkUsage(whole && (value as number) >= least && (value as number) <= most, "option", `${name} = ${value}`);
  }
  return settings as unknown as DeflateSettings;
}
