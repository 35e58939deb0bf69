/** Times in milliseconds within which a testee must act. */
export interface Deadlines {
  /** The answer to a handshake, an echo or a Pong. Payloads over 64 KiB get 1 s more per MiB. */
  readonly answer: number;
  /** From a fault to the closed TCP connection, and from the closing handshake likewise. */
  readonly close: number;
  /** How long the testee waits for a Close frame in answer to its own; 0 where that is not known. */
  readonly closeTimeout: number;
  /** After which the testee gives up an unfinished opening handshake; 0 where that is not known. */
  readonly handshakeTimeout: number;
}

/** What is known of a testee: cases that need more than it supports are skipped, with the reason in the report. */
export interface TesteeOptions {
  /** Shown in reports. */
  readonly name?: string;
  /** permessage-deflate (RFC 7692) is negotiated when offered. Default true. */
  readonly compression?: boolean;
  /** The largest message the testee accepts, in bytes. Default 16 MiB. */
  readonly maxMessageSize?: number;
  /**
   * True if `maxMessageSize` is the exact limit, so that one byte more must be refused with 1009. Default false: nothing is
   * asked about the limit itself.
   */
  readonly enforcesMaxMessageSize?: boolean;
  /** A subprotocol the testee agrees to when it is offered (server) or offers (client). */
  readonly subprotocol?: string;
  /** False if the testee echoes only messages and any HTTP request without an upgrade hangs. Default true. */
  readonly answersHttp?: boolean;
  /** What the testee stops reading at, in bytes of an HTTP head; 0 where that is not known. Default 0. */
  readonly maxHeadSize?: number;
  /** Field lines added to each request (server role), such as an `Origin` or a credential. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Case id globs to skip, each with the reason. */
  readonly skip?: Readonly<Record<string, string>>;
  readonly deadlines?: Partial<Deadlines>;
}

/** {@link TesteeOptions} with every default filled in. */
export interface Testee extends Required<Omit<TesteeOptions, "deadlines" | "subprotocol">> {
  readonly subprotocol: string | undefined;
  readonly deadlines: Deadlines;
}

const DEFAULT_DEADLINES: Deadlines = { answer: 10_000, close: 6_000, closeTimeout: 0, handshakeTimeout: 0 };

/** Fills in the defaults. */
export function resolveTestee(options: TesteeOptions): Testee {
  return {
    name: options.name ?? "testee",
    compression: options.compression ?? true,
    maxMessageSize: options.maxMessageSize ?? 16 * 1024 * 1024,
    enforcesMaxMessageSize: options.enforcesMaxMessageSize ?? false,
    subprotocol: options.subprotocol,
    answersHttp: options.answersHttp ?? true,
    maxHeadSize: options.maxHeadSize ?? 0,
    headers: options.headers ?? {},
    skip: options.skip ?? {},
    deadlines: { ...DEFAULT_DEADLINES, ...options.deadlines },
  };
}

type Kind = "string" | "boolean" | "number" | "object";

const KINDS: Readonly<Record<keyof TesteeOptions, Kind>> = {
  name: "string",
  compression: "boolean",
  maxMessageSize: "number",
  enforcesMaxMessageSize: "boolean",
  subprotocol: "string",
  answersHttp: "boolean",
  maxHeadSize: "number",
  headers: "object",
  skip: "object",
  deadlines: "object",
};

/** Reads an options file's JSON; throws TypeError naming the first member that is unknown or of the wrong type. */
export function parseTesteeOptions(json: string): TesteeOptions {
  const value: unknown = JSON.parse(json);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError("the options file must hold one JSON object");
  }
  for (const [key, member] of Object.entries(value)) {
    const kind = (KINDS as Record<string, Kind | undefined>)[key];
    if (kind === undefined) throw new TypeError(`unknown option "${key}"; known are ${Object.keys(KINDS).join(", ")}`);
    if (typeof member !== kind || member === null) throw new TypeError(`option "${key}" must be a ${kind}`);
  }
  return value as TesteeOptions;
}
