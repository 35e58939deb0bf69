/** Checks of what an application gives as an option. */
import { areSubprotocols, UsageError } from "@samewire/codec";

/**
 * @param rule what the option is, for the message
 * @throws UsageError `option` unless the value is valid
 */
export function checkOption(valid: boolean, rule: string, value: unknown): asserts valid {
  if (!valid) throw new UsageError("option", `${rule}, not ${shown(value)}`);
}

/** @throws UsageError `option` unless it is an AbortSignal, of this realm or another, or none is given */
export function checkSignal(signal: AbortSignal | undefined): void {
  const isSignal = signal === undefined || typeof signal?.addEventListener === "function";
  checkOption(isSignal, "signal is an AbortSignal", signal);
}

/** @throws UsageError `option` if one of them is there and no function */
export function checkHandlers(handlers: Readonly<Record<string, unknown>>): void {
  for (const [name, handler] of Object.entries(handlers)) {
    checkOption(handler === undefined || typeof handler === "function", `the handler ${name} is a function`, handler);
  }
}

/** @throws UsageError `option` unless it is a list of tokens, each once (RFC 6455 section 4.1 (10)), or none is given */
export function checkSubprotocols(subprotocols: unknown): void {
  const valid = subprotocols === undefined || (Array.isArray(subprotocols) && areSubprotocols(subprotocols));
  checkOption(valid, "subprotocols is a list of tokens, each once", subprotocols);
}

/** @throws UsageError `option` unless it says whether to compress, or how */
export function checkCompression(compression: unknown): void {
  const options = typeof compression === "object" && compression !== null && !Array.isArray(compression);
  const valid = options || typeof compression === "boolean";
  checkOption(valid, "compression is true, false or an object of options", compression);
}

/** What was given by mistake may be anything: an object can make any conversion throw, and have no end. */
function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "function" ? "a function" : String(value);
}
