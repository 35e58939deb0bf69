/** What an `upgrade` handler may return beside a refusal. */
import { UsageError } from "@samewire/codec";
import type { Acceptance } from "../server-handlers.ts";

const NAMES: ReadonlySet<string> = new Set<keyof Acceptance<unknown>>([
  "context",
  "headers",
  "subprotocol",
  "compression",
]);

/**
 * @throws UsageError on what says neither yes nor no: nothing that may have been meant as a no lets anybody in, be it
 *   `false`, an error, a `Response` or an object with a status
 */
export function acceptanceOf<C>(result: unknown): Acceptance<C> {
  if (result === undefined) return {};
  if (isPlainObject(result) && Object.keys(result as object).every((name) => NAMES.has(name))) return result as object;
  throw new UsageError(
    "upgrade-result",
    `upgrade returns nothing, an object of ${[...NAMES].join(", ")}, or what refuse() makes, not ${nameOf(result)}`,
  );
}

function isPlainObject(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // From another realm, a plain object has another prototype, which itself has none.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function nameOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  return isPlainObject(value) ? `an object of ${Object.keys(value).join(", ")}` : value.constructor.name;
}
