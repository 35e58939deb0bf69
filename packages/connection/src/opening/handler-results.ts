/** What `upgrade` and `request` handlers return, told apart from what they may have returned by mistake. */
import { UsageError } from "@samewire/codec";
import { checkCompression } from "../check-option.ts";
import type { Acceptance, PlainResponse } from "../server-handlers.ts";
import { Refusal } from "./refusal.ts";

const ACCEPTANCE: readonly (keyof Acceptance<unknown>)[] = ["context", "headers", "subprotocol", "compression"];
const RESPONSE: readonly (keyof PlainResponse)[] = ["status", "headers", "body"];

/**
 * @returns a copy: its getters, if it has any, have run
 * @throws UsageError on what says neither yes nor no: nothing that may have been meant as a no lets anybody in, be it
 *   `false`, an error, a `Response` or an object with a status
 */
export function acceptanceOf<C>(result: unknown): Acceptance<C> {
  if (result === undefined) return {};
  if (!isPlain(result, ACCEPTANCE)) {
    throw new UsageError(
      "upgrade-result",
      `upgrade returns nothing, an object of ${ACCEPTANCE.join(", ")}, or what refuse() makes, not ${nameOf(result)}`,
    );
  }
  const acceptance: Acceptance<C> = { ...result };
  if (acceptance.compression !== undefined) checkCompression(acceptance.compression);
  return acceptance;
}

/** @throws UsageError on what is no response: an empty 200 would be an answer that nobody has given */
export function responseOf(result: unknown): PlainResponse | Refusal {
  if (result instanceof Refusal) return result;
  if (isPlain(result, RESPONSE)) return result;
  throw new UsageError(
    "request-result",
    `request returns an object of ${RESPONSE.join(", ")}, or what refuse() makes, not ${nameOf(result)}`,
  );
}

/** Whether it is a plain object with these properties and no others. */
function isPlain(value: unknown, names: readonly string[]): value is object {
  return isPlainObject(value) && Object.keys(value as object).every((name) => names.includes(name));
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
