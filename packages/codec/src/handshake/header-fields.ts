/** The header section of an HTTP message (RFC 9110 section 5). */
import { checkUsage } from "../errors.ts";
import { isFieldValue, isToken } from "./characters.ts";
import { encodeLatin1 } from "./latin1.ts";

/** Header fields as a caller gives them: an object (an array is several lines of one name), or pairs. */
export type HeaderInit =
  | Readonly<Record<string, string | readonly string[]>>
  | Iterable<readonly [name: string, value: string]>;

function* pairs(init: HeaderInit): Iterable<readonly [name: string, value: string]> {
  if (Symbol.iterator in init) {
    yield* init as Iterable<readonly [string, string]>;
  } else {
    for (const [name, value] of Object.entries(init)) {
      for (const line of [value].flat()) yield [name, line];
    }
  }
}

/** The rule that keeps a field from being sent, if any. */
export function fieldFault(name: string, value: string): "header-name" | "header-value" | undefined {
  if (!isToken(name)) return "header-name";
  return isFieldValue(value) ? undefined : "header-value";
}

/** What frames a message is never the caller's to say. */
const FRAMING = "connection|content-length|transfer-encoding";
/** The source of an expression for the fields that only the opening handshake sets. */
export const HANDSHAKE_FIELDS = "upgrade|sec-websocket-.*";

/**
 * The lines to send, `Name: value` with CR LF each, in the given order.
 *
 * @param reserved the source of an expression for the names that the message sets itself, beside those that frame it
 * @throws UsageError for a name that is not a token, a value with CR, LF, another control character or beyond Latin-1,
 *   and for a reserved name
 */
export function encodeHeaderLines(init: HeaderInit, reserved: string): string {
  const taken = new RegExp(`^(?:${FRAMING}|${reserved})$`, "i");
  let lines = "";
  for (const [name, value] of pairs(init)) {
    checkField(name, value);
    checkUsage(!taken.test(name), "header-reserved", name);
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

/**
 * A head in bytes, followed by `body`.
 *
 * @param fields those that the message sets itself; what is undefined or empty is left out
 * @param added the lines of others
 */
export function encodeHead(
  startLine: string,
  fields: Readonly<Record<string, string | undefined>>,
  added: string,
  body?: Uint8Array,
): Uint8Array {
  let head = `${startLine}\r\n`;
  for (const [name, value] of Object.entries(fields)) {
    if (value) head += `${name}: ${value}\r\n`;
  }
  return encodeLatin1(`${head}${added}\r\n`, body);
}

function checkField(name: string, value: string): void {
  const fault = fieldFault(name, value);
  if (fault !== undefined) checkUsage(false, fault, [name, value]);
}

/** Header fields of a message; names are compared without regard to case. Values are Latin-1: one character an octet. */
export class HeaderFields implements Iterable<readonly [name: string, value: string]> {
  /** Name in lower case and value in turn. */
  #lines: readonly string[];

  /** @throws UsageError for a name or a value that no header can carry */
  constructor(init: HeaderInit = []) {
    const lines: string[] = [];
    for (const [name, value] of pairs(init)) {
      checkField(name, value);
      lines.push(name.toLowerCase(), value);
    }
    this.#lines = lines;
  }

  /**
   * Fields that a parser has checked, without checking them again.
   *
   * @param lines name in lower case and value in turn; owned by the fields from now on
   */
  static ofChecked(lines: readonly string[]): HeaderFields {
    const fields = new HeaderFields();
    fields.#lines = lines;
    return fields;
  }

  /** How many header lines there are. */
  get size(): number {
    return this.#lines.length / 2;
  }

  /** The values of all lines of that name, joined by `", "`; null where there is none. */
  get(name: string): string | null {
    const values = this.getAll(name);
    return values.length === 0 ? null : values.join(", ");
  }

  /** The value of each line of that name, in order. */
  getAll(name: string): readonly string[] {
    const wanted = name.toLowerCase();
    return this.#lines.filter((_, at, lines) => at % 2 === 1 && lines[at - 1] === wanted);
  }

  /** Whether there is a line of that name. */
  has(name: string): boolean {
    return this.get(name) !== null;
  }

  /** Each line in order, the name in lower case. */
  *[Symbol.iterator](): Generator<readonly [name: string, value: string]> {
    for (let at = 0; at < this.#lines.length; at += 2) yield [this.#lines[at], this.#lines[at + 1]];
  }
}
