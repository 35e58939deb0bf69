import type { DeflateSide } from "./deflate-context.ts";
import { DeflateContext } from "./deflate-context.ts";
import type { Faults } from "./fault.ts";

/** One member of a `Sec-WebSocket-Extensions` list: its parameters in order, flags as `true`. */
export interface Extension {
  readonly name: string;
  readonly parameters: readonly (readonly [name: string, value: string | true])[];
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;
const BLANK = /[ \t]*/y;
const COMMAS = /[ \t]*(?:,[ \t]*)*/y;

/** Reads the field by the ABNF of RFC 6455 9.1; `undefined` if it does not follow it. */
export function parseExtensions(values: readonly string[]): Extension[] | undefined {
  const scanner = new Scanner(values.join(","));
  const extensions: Extension[] = [];
  scanner.take(COMMAS);
  while (!scanner.atEnd) {
    const name = scanner.take(TOKEN);
    if (name === undefined) return undefined;
    const parameters: [string, string | true][] = [];
    for (scanner.take(BLANK); scanner.literal(";"); scanner.take(BLANK)) {
      const parameter = parameterAt(scanner);
      if (parameter === undefined) return undefined;
      parameters.push(parameter);
    }
    extensions.push({ name, parameters });
    if (!scanner.atEnd && !scanner.literal(",")) return undefined;
    scanner.take(COMMAS);
  }
  return values.length > 0 && extensions.length === 0 ? undefined : extensions;
}

/** A parameter; RFC 6455 9.1 wants what a quoted value holds to be a token. */
function parameterAt(scanner: Scanner): [string, string | true] | undefined {
  scanner.take(BLANK);
  const name = scanner.take(TOKEN);
  if (name === undefined) return undefined;
  scanner.take(BLANK);
  if (!scanner.literal("=")) return [name, true];
  scanner.take(BLANK);
  const token = scanner.take(TOKEN);
  if (token !== undefined) return [name, token];
  const quoted = scanner.take(QUOTED)?.slice(1, -1).replace(/\\(.)/g, "$1");
  return quoted === undefined || new Scanner(quoted).take(TOKEN) !== quoted ? undefined : [name, quoted];
}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  /** What the sticky pattern matches here, or nothing. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at += match[0].length;
    return match[0];
  }

  literal(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }
}

/** The four parameters of permessage-deflate (RFC 7692 7.1); bits are `true` where a parameter has no value. */
export interface DeflateParameters {
  readonly serverNoTakeover: boolean;
  readonly clientNoTakeover: boolean;
  readonly serverBits: number | undefined;
  readonly clientBits: number | true | undefined;
}

/** Checks names, values and repetitions; `undefined` if anything is wrong. */
export function readParameters({ parameters }: Extension, faults: Faults): DeflateParameters | undefined {
  const lenient = faults.has("accepts bad deflate parameters");
  const seen = new Map(parameters);
  if (seen.size !== parameters.length && !lenient) return undefined;
  for (const [name, value] of parameters) {
    const flag = name === "server_no_context_takeover" || name === "client_no_context_takeover";
    const bits = name === "server_max_window_bits" || name === "client_max_window_bits";
    const good = flag
      ? value === true
      : bits && (/^([89]|1[0-5])$/.test(String(value)) || (name[0] === "c" && value === true));
    if (!good && !lenient) return undefined;
  }
  const clientBits = seen.get("client_max_window_bits");
  return {
    serverNoTakeover: seen.has("server_no_context_takeover"),
    clientNoTakeover: seen.has("client_no_context_takeover"),
    serverBits: bitsOf(seen.get("server_max_window_bits")),
    clientBits: clientBits === true ? true : bitsOf(clientBits),
  };
}

function bitsOf(value: string | true | undefined): number | undefined {
  const bits = Number(value);
  return value === undefined || value === true || Number.isNaN(bits) ? undefined : Math.min(15, Math.max(9, bits));
}

/** The first offer a server can honour, as the response's field value and a context; raw deflate with 8 bits is beyond zlib. */
export function agree(
  offers: readonly Extension[],
  faults: Faults,
): { readonly answer: string; readonly deflate: DeflateContext } | undefined {
  for (const offer of offers) {
    if (offer.name !== "permessage-deflate") continue;
    const wanted = readParameters(offer, faults);
    const eight = offer.parameters.some(([name, value]) => name === "server_max_window_bits" && value === "8");
    if (wanted === undefined || eight) continue;
    const answer = ["permessage-deflate"];
    if (wanted.serverNoTakeover) answer.push("server_no_context_takeover");
    if (wanted.clientNoTakeover) answer.push("client_no_context_takeover");
    if (wanted.serverBits !== undefined) answer.push(`server_max_window_bits=${wanted.serverBits}`);
    const send: DeflateSide = { takeover: !wanted.serverNoTakeover, windowBits: wanted.serverBits ?? 15 };
    const receive: DeflateSide = { takeover: !wanted.clientNoTakeover, windowBits: 15 };
    return { answer: answer.join("; "), deflate: new DeflateContext(send, receive, faults) };
  }
  return undefined;
}

/** What a client does with a response to its offer of `permessage-deflate; client_max_window_bits`; `undefined` if it has to fail. */
export function acceptAnswer(answer: Extension, faults: Faults): DeflateContext | undefined {
  const agreed = readParameters(answer, faults);
  if (agreed === undefined) return undefined;
  if (agreed.clientBits === true && !faults.has("accepts bad deflate parameters")) return undefined;
  const eight = answer.parameters.some(([name, value]) => name === "client_max_window_bits" && value === "8");
  if (eight && !faults.has("accepts bad deflate parameters")) return undefined;
  const clientBits = typeof agreed.clientBits === "number" ? agreed.clientBits : 15;
  return new DeflateContext(
    { takeover: !agreed.clientNoTakeover, windowBits: clientBits },
    { takeover: !agreed.serverNoTakeover, windowBits: agreed.serverBits ?? 15 },
    faults,
  );
}
