/** The grammars of the header values that the opening handshake reads. Each takes time linear in its input. */
import type { ExtensionOffer } from "../extensions/extension.ts";
import { isBlank, isToken, isTokenOctet, trimBlanks } from "./characters.ts";

/** The elements of comma-separated lists, which may be spread over several lines, without the blanks around them. */
function elements(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : lines.join(",").split(",").map(trimBlanks);
}

/**
 * Whether a list has `token` among its elements, without regard to case (RFC 9110 section 5.6.1).
 *
 * @param token in lower case
 */
export function listHas(lines: readonly string[], token: string): boolean {
  return elements(lines).some((element) => element.toLowerCase() === token);
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
export function parseSubprotocols(lines: readonly string[]): readonly string[] | undefined {
  const names = elements(lines);
  return areSubprotocols(names) ? names : undefined;
}

const COMMA = 0x2c;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Reads one line from left to right, never twice the same character. */
class Scanner {
  at = 0;
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Skips blanks; gives the character there, NaN at the end. */
  peek(): number {
    while (isBlank(this.text.charCodeAt(this.at))) this.at++;
    return this.text.charCodeAt(this.at);
  }

  /** Takes the character if it is next. */
  take(unit: number): boolean {
    if (this.peek() !== unit) return false;
    this.at++;
    return true;
  }

  /** A token, or "" where none begins. */
  token(): string {
    this.peek();
    const start = this.at;
    while (this.at < this.text.length && isTokenOctet(this.text.charCodeAt(this.at))) this.at++;
    return this.text.slice(start, this.at);
  }

  /** What a quoted string stands for once its opening quote is taken; undefined where it does not end. */
  quoted(): string | undefined {
    let value = "";
    let start = this.at;
    for (; this.at < this.text.length; this.at++) {
      const unit = this.text.charCodeAt(this.at);
      if (unit !== QUOTE && unit !== BACKSLASH) continue;
      value += this.text.slice(start, this.at);
      if (unit === QUOTE) {
        this.at++;
        return value;
      }
      start = ++this.at;
    }
    return undefined;
  }
}

/**
 * The elements of Sec-WebSocket-Extensions (RFC 6455 section 9.1), in order. Its grammar is RFC 2616's: blanks may
 * stand between all parts, and a list may have empty elements beside at least one other. A quoted value must be a
 * token once its quotes are gone.
 *
 * @returns undefined where the value does not conform
 */
export function parseExtensions(lines: readonly string[]): readonly ExtensionOffer[] | undefined {
  const offers: ExtensionOffer[] = [];
  for (const line of lines) {
    const scanner = new Scanner(line);
    for (;;) {
      while (scanner.take(COMMA)) {
        // An empty element.
      }
      if (Number.isNaN(scanner.peek())) break;
      const name = scanner.token();
      const params: [string, string | true][] = [];
      if (name === "") return undefined;
      while (scanner.take(SEMICOLON)) {
        const param = scanner.token();
        if (param === "") return undefined;
        let value: string | true = true;
        if (scanner.take(EQUALS)) {
          const given = scanner.take(QUOTE) ? scanner.quoted() : scanner.token();
          if (given === undefined || !isToken(given)) return undefined;
          value = given;
        }
        params.push([param, value]);
      }
      offers.push({ name, params });
      if (!Number.isNaN(scanner.peek()) && !scanner.take(COMMA)) return undefined;
    }
  }
  return lines.length > 0 && offers.length === 0 ? undefined : offers;
}

/** The header value of these extensions. A value that is a token needs no quotes. */
export function formatExtensions(offers: readonly ExtensionOffer[]): string {
  return offers
    .map(({ name, params }) =>
      [name, ...params.map(([param, value]) => (value === true ? param : `${param}=${value}`))].join("; "),
    )
    .join(", ");
}
