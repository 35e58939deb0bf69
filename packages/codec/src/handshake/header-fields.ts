/** The header section of an HTTP message (RFC 9110 section 5). */
import { checkUsage } from "../errors.ts";
import { isFieldValue, isToken } from "./characters.ts";

/** Header fields as a caller gives them: an object (an array is several lines of one name), or pairs. */
export type HeaderInit =
  | Readonly<Record<string, string | readonly string[]>>
  | Iterable<readonly [name: string, value: string]>;

/** The fields one by one, in order. */
export function headerPairs(init: HeaderInit): readonly (readonly [name: string, value: string])[] {
  if (Symbol.iterator in init) return [...(init as Iterable<readonly [string, string]>)];
  return Object.entries(init).flatMap(([name, value]) => [value].flat().map((line) => [name, line] as const));
}

/** The rule that keeps a field from being sent, if any. */
export function fieldFault(name: string, value: string): "header-name" | "header-value" | undefined {
  if (!isToken(name)) return "header-name";
  return isFieldValue(value) ? undefined : "header-value";
}

/** A field as {@link HeaderFields} keeps it. */
export function fieldLine(name: string, value: string): string {
  return `${name.toLowerCase()}:${value}\n`;
}

/** Header fields of a message; names are compared without regard to case. Values are Latin-1: one character an octet. */
export class HeaderFields implements Iterable<readonly [name: string, value: string]> {
  /**
   * `\n`, then `name:value\n` for each line, the name in lower case. One string: a connection keeps its fields for as
   * long as it lives, and an array for each takes several times the memory of what they say.
   */
  #lines: string = "\n";

  /** @throws UsageError for a name or a value that no header can carry */
  constructor(init: HeaderInit = []) {
    for (const [name, value] of headerPairs(init)) {
      const fault = fieldFault(name, value);
      // The value may be a secret.
      checkUsage(fault === undefined, fault as string, name);
      this.#lines += fieldLine(name, value);
    }
  }

  /** Fields that were read, and found to be without fault: a {@link fieldLine} for each. */
  static read(lines: string): HeaderFields {
    const fields = new HeaderFields();
    fields.#lines += lines;
    return fields;
  }

  /** The values of all lines of that name, joined by `", "`; null where there is none. */
  get(name: string): string | null {
    const values = this.getAll(name);
    return values.length > 0 ? values.join(", ") : null;
  }

  /** The value of each line of that name, in order. */
  getAll(name: string): readonly string[] {
    const lines = this.#lines;
    const start = `\n${name.toLowerCase()}:`;
    let values: string[] = [];
    for (let at = lines.indexOf(start); at >= 0; at = lines.indexOf(start, at + 1)) {
      const value = lines.slice(at + start.length, lines.indexOf("\n", at + 1));
      // Nearly always there is one: an array that grows has room for sixteen more.
      if (values.push(value) === 1) values = [value];
    }
    return values;
  }

  /** Whether there is a line of that name. */
  has(name: string): boolean {
    return this.get(name) !== null;
  }

  /** Each line in order, the name in lower case. */
  *[Symbol.iterator](): Generator<readonly [name: string, value: string]> {
    for (const line of this.#lines.split("\n").slice(1, -1)) {
      const colon = line.indexOf(":");
      yield [line.slice(0, colon), line.slice(colon + 1)];
    }
  }
}
