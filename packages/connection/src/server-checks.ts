/** What a server is given, checked when it is made: a mistake must not wait for the first client, and then refuse all. */
import { UsageError } from "@samewire/codec";
import { checkHandlers, checkOption, checkSubprotocols } from "./check-option.ts";
import { parseOrigin } from "./opening/origin-policy.ts";
import type { ServerPolicy } from "./options.ts";
import type { ServerHandlers } from "./server-handlers.ts";
import { resolveSettings, type Settings } from "./settings.ts";

const HANDLERS: readonly (keyof ServerHandlers)[] = [
  "upgrade",
  "request",
  "openingError",
  "open",
  "message",
  "stream",
  "ping",
  "pong",
  "drain",
  "close",
  "error",
];

/**
 * @returns the settings of its connections
 * @throws UsageError if an option or a handler is not what it must be
 */
export function checkServer<C>(options: ServerHandlers<C> & ServerPolicy): Settings {
  const settings = resolveSettings(options);
  checkHandlers(Object.fromEntries(HANDLERS.map((name) => [name, options[name]])));
  if (options.message !== undefined && options.stream !== undefined) {
    throw new UsageError("option", "a server has a message handler or a stream handler, not both");
  }
  const { maxConnections = 0, origins = "same-origin", subprotocols, trustProxy = false } = options;
  checkOption(
    typeof maxConnections === "number" && maxConnections >= 0,
    "maxConnections is a number from 0 on",
    maxConnections,
  );
  checkOption(typeof trustProxy === "boolean", "trustProxy is true or false", trustProxy);
  checkSubprotocols(subprotocols);
  checkOrigins(origins);
  return settings;
}

function checkOrigins(origins: unknown): void {
  if (origins === "same-origin" || origins === "any" || typeof origins === "function") return;
  checkOption(Array.isArray(origins), 'origins is "same-origin", "any", a list or a function', origins);
  for (const origin of origins as readonly unknown[]) {
    const valid = typeof origin === "string" && parseOrigin(origin) !== undefined && !origin.includes("*");
    const rule =
      "an origin is a scheme, ://, a host, and a port where it is not the scheme's own (for a pattern give a function)";
    checkOption(valid, rule, origin);
  }
}
