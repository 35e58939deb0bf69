/** The grammars of the header values that the opening handshake reads. Each takes time linear in its input. */
import type { ExtensionOffer } from "../extensions/extension.ts";
import { isToken, TOKEN, trimBlanks } from "./characters.ts";

/** The elements of a comma-separated list, without the blanks around them; none of null, which is no header at all. */
function elements(list: string | null): string[] {
  return list?.split(",").map(trimBlanks) ?? [];
}

/**
 * Whether a list has `token` among its elements, without regard to case (RFC 9110 section 5.6.1).
 *
 * @param token in lower case
 */
export function listHas(list: string | null, token: string): boolean {
  return elements(list).some((element) => element.toLowerCase() === token);
}

/** Whether these can be subprotocols to offer (RFC 6455 section 4.1 (10)): tokens, each once. */
export function areSubprotocols(names: readonly string[]): boolean {
  return names.every(isToken) && new Set(names).size === names.length;
}

/**
 * The elements of Sec-WebSocket-Protocol, in order.
 *
 * @returns undefined where they are not unique tokens
 */
export function parseSubprotocols(list: string | null): readonly string[] | undefined {
  const names = elements(list);
  return areSubprotocols(names) ? names : undefined;
}

// Each reads on from its `lastIndex`.
const EMPTY_ELEMENTS = /[ \t,]*/y;
const NAME = new RegExp(TOKEN, "y");
const QUOTED = /"((?:[^"\\]|\\.)*)"/.source;
const PARAMETER = new RegExp(`[ \t]*;[ \t]*(${TOKEN})(?:[ \t]*=[ \t]*(?:(${TOKEN})|${QUOTED}))?`, "y");
const ELEMENT_END = /[ \t]*(?:,|$)/y;

/**
 * The elements of Sec-WebSocket-Extensions (RFC 6455 section 9.1), in order. Its grammar is RFC 2616's: blanks may
 * stand between all parts, and a list may have empty elements beside at least one other. A quoted value must be a
 * token once its quotes are gone.
 *
 * @returns undefined where the value does not conform
 */
export function parseExtensions(list: string | null): readonly ExtensionOffer[] | undefined {
  if (list === null) return [];
  const offers: ExtensionOffer[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(list);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  for (take(EMPTY_ELEMENTS); at < list.length; take(EMPTY_ELEMENTS)) {
    const name = take(NAME);
    if (name === null) return undefined;
    const params: [string, string | true][] = [];
    for (let param = take(PARAMETER); param !== null; param = take(PARAMETER)) {
      const value: string | undefined = param[2] ?? param[3]?.replace(/\\(.)/g, "$1");
      if (value !== undefined && !isToken(value)) return undefined;
      params.push([param[1], value ?? true]);
    }
    if (take(ELEMENT_END) === null) return undefined;
    offers.push({ name: name[0], params });
  }
  return offers.length === 0 ? undefined : offers;
}

/** The header value of these extensions. A value that is a token needs no quotes. */
export function formatExtensions(offers: readonly ExtensionOffer[]): string {
  return offers
    .map(({ name, params }) =>
      [name, ...params.map(([param, value]) => (value === true ? param : `${param}=${value}`))].join("; "),
    )
    .join(", ");
}
