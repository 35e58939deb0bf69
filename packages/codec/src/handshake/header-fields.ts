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

/** Header fields of a message; names are compared without regard to case. Values are Latin-1: one character an octet. */
export class HeaderFields implements Iterable<readonly [name: string, value: string]> {
  /** The names in lower case. */
  readonly #fields: readonly (readonly [name: string, value: string])[];

  /** @throws UsageError for a name or a value that no header can carry */
  constructor(init: HeaderInit = []) {
    this.#fields = headerPairs(init).map(([name, value]) => {
      const fault = fieldFault(name, value);
      // The value may be a secret.
      checkUsage(fault === undefined, fault as string, name);
      return [name.toLowerCase(), value];
    });
  }

  /** How many header lines there are. */
  get size(): number {
    return this.#fields.length;
  }

  /** The values of all lines of that name, joined by `", "`; null where there is none. */
  get(name: string): string | null {
    const values = this.getAll(name);
    return values.length === 0 ? null : values.join(", ");
  }

  /** The value of each line of that name, in order. */
  getAll(name: string): readonly string[] {
    const wanted = name.toLowerCase();
    return this.#fields.filter(([name]) => name === wanted).map(([, value]) => value);
  }

  /** Whether there is a line of that name. */
  has(name: string): boolean {
    return this.get(name) !== null;
  }

  /** Each line in order, the name in lower case. */
  [Symbol.iterator](): Iterator<readonly [name: string, value: string]> {
    return this.#fields[Symbol.iterator]();
  }
}
