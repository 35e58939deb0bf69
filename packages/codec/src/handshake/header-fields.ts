/** The header section of an HTTP message (RFC 9110 section 5). */
import { checkUsage } from "../errors.ts";
import { isFieldValue, isToken } from "./characters.ts";

/** Header fields as a caller gives them: an object (an array is several lines of one name), or pairs. */
export type HeaderInit =
  | Readonly<Record<string, string | readonly string[]>>
  | Iterable<readonly [name: string, value: string]>;

function* pairs(init: HeaderInit): Generator<readonly [string, string]> {
  if (Symbol.iterator in init) {
    yield* init as Iterable<readonly [string, string]>;
    return;
  }
  for (const [name, value] of Object.entries(init)) {
    if (typeof value === "string") yield [name, value];
    else for (const line of value) yield [name, line];
  }
}

/**
 * The lines to send, `Name: value` with CR LF each, in the given order.
 *
 * @param reserved matches the names that the message sets itself
 * @throws UsageError for a name that is not a token, a value with CR, LF, another control character or beyond Latin-1,
 *   and for a reserved name
 */
export function encodeHeaderLines(init: HeaderInit, reserved: RegExp): string {
  let lines = "";
  for (const [name, value] of pairs(init)) {
    checkField(name, value);
    checkUsage(!reserved.test(name), "header-reserved", name);
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

function checkField(name: string, value: string): void {
  checkUsage(typeof name === "string" && isToken(name), "header-name", name);
  checkUsage(typeof value === "string" && isFieldValue(value), "header-value", value);
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
    const lines = this.#lines;
    const values: string[] = [];
    for (let at = 0; at < lines.length; at += 2) {
      if (lines[at] === wanted) values.push(lines[at + 1]);
    }
    return values;
  }

  /** Whether there is a line of that name. */
  has(name: string): boolean {
    return this.getAll(name).length > 0;
  }

  /** Each line in order, the name in lower case. */
  *[Symbol.iterator](): Generator<readonly [name: string, value: string]> {
    for (let at = 0; at < this.#lines.length; at += 2) yield [this.#lines[at], this.#lines[at + 1]];
  }
}
