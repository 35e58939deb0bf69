import type { Direction } from "./message-deflate.ts";

/** The four parameters of permessage-deflate (RFC 7692 7.1), as an offer or an answer has them. */
export interface DeflateParameters {
  readonly serverNoTakeover: boolean;
  readonly clientNoTakeover: boolean;
  readonly serverBits: number | undefined;
  /** `true`: there without a value, which only an offer may have. */
  readonly clientBits: number | true | undefined;
}

/** One extension of a Sec-WebSocket-Extensions value. A parameter without a value has `undefined`. */
export interface ExtensionElement {
  readonly name: string;
  readonly parameters: readonly (readonly [name: string, value: string | undefined])[];
}

const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;

/** Reads a Sec-WebSocket-Extensions value (RFC 6455 9.1). Throws SyntaxError where it breaks the grammar. */
export function parseExtensions(value: string): ExtensionElement[] {
  let at = 0;
  const skip = (): void => {
    while (value[at] === " " || value[at] === "\t") at += 1;
  };
  const accept = (character: string): boolean => {
    skip();
    if (value[at] !== character) return false;
    at += 1;
    skip();
    return true;
  };
  const token = (): string => {
    skip();
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(value);
    if (match === null) throw new SyntaxError(`no token at ${at} of ${JSON.stringify(value)}`);
    at = TOKEN.lastIndex;
    return match[0];
  };
  const argument = (): string => {
    if (value[at] !== '"') return token();
    const end = value.indexOf('"', at + 1);
    if (end === -1) throw new SyntaxError("a quoted string without an end");
    const content = value.slice(at + 1, end).replace(/\\(.)/g, "$1");
    at = end + 1;
    return content;
  };
  const elements: ExtensionElement[] = [];
  do {
    const name = token();
    const parameters: [string, string | undefined][] = [];
    while (accept(";")) parameters.push([token(), accept("=") ? argument() : undefined]);
    elements.push({ name, parameters });
  } while (accept(","));
  if (at < value.length) throw new SyntaxError(`unexpected ${JSON.stringify(value.slice(at))}`);
  return elements;
}

/** The parameters of an element, or why RFC 7692 7.1 does not allow them where it stands. */
export function readParameters(element: ExtensionElement, where: "offer" | "answer"): DeflateParameters | string {
  const names = element.parameters.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return `${twice} is there twice`;
  const values = new Map(element.parameters);
  for (const name of names) {
    if (!KNOWN.includes(name)) return `${name} is not defined`;
    const value = values.get(name);
    if (name.endsWith("takeover") && value !== undefined) return `${name} has a value`;
    if (name.endsWith("bits") && value !== undefined && !/^([89]|1[0-5])$/.test(value)) return `${name} is ${value}`;
    if (name.endsWith("bits") && value === undefined && (where === "answer" || name !== "client_max_window_bits")) {
      return `${name} has no value`;
    }
  }
  const clientBits = values.get("client_max_window_bits");
  return {
    serverNoTakeover: values.has("server_no_context_takeover"),
    clientNoTakeover: values.has("client_no_context_takeover"),
    serverBits: numberOf(values.get("server_max_window_bits")),
    clientBits: values.has("client_max_window_bits") ? (numberOf(clientBits) ?? true) : undefined,
  };
}

const KNOWN = [
  "server_no_context_takeover",
  "client_no_context_takeover",
  "server_max_window_bits",
  "client_max_window_bits",
];

function numberOf(value: string | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

/** Why an answer does not agree with the offer it answers (RFC 7692 7.1.1, 7.1.2); `undefined` if it does. */
export function disagreement(offer: DeflateParameters, answer: DeflateParameters): string | undefined {
  if (offer.serverNoTakeover && !answer.serverNoTakeover) return "server_no_context_takeover was asked for (7.1.1.1)";
  if (offer.serverBits !== undefined && (answer.serverBits ?? 16) > offer.serverBits) {
    return `server_max_window_bits is ${answer.serverBits ?? "absent"}, asked for was ${offer.serverBits} (7.1.2.1)`;
  }
  if (answer.clientBits === undefined) return undefined;
  if (offer.clientBits === undefined) return "client_max_window_bits was not offered (7.1.2.2)";
  if (offer.clientBits !== true && answer.clientBits !== true && answer.clientBits > offer.clientBits) {
    return `client_max_window_bits is ${answer.clientBits}, offered was ${offer.clientBits} (7.1.2.2)`;
  }
  return undefined;
}

/** What an answer makes of the two directions. */
export function directionsOf(answer: DeflateParameters): { readonly server: Direction; readonly client: Direction } {
  const clientBits = typeof answer.clientBits === "number" ? answer.clientBits : 15;
  return {
    server: { windowBits: answer.serverBits ?? 15, takeover: !answer.serverNoTakeover },
    client: { windowBits: clientBits, takeover: !answer.clientNoTakeover },
  };
}

/** An element as it is written in a field. */
export function formatParameters(parameters: Partial<DeflateParameters>): string {
  const { serverNoTakeover, clientNoTakeover, serverBits, clientBits } = parameters;
  return [
    "permessage-deflate",
    ...(serverNoTakeover === true ? ["server_no_context_takeover"] : []),
    ...(clientNoTakeover === true ? ["client_no_context_takeover"] : []),
    ...(serverBits === undefined ? [] : [`server_max_window_bits=${serverBits}`]),
    ...(clientBits === undefined ? [] : [`client_max_window_bits${clientBits === true ? "" : `=${clientBits}`}`]),
  ].join("; ");
}
