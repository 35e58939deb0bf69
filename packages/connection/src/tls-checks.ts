/** TLS options of either role, checked before anything is opened: a runtime passes over what it does not understand. */
import { UsageError } from "@samewire/codec";
import { checkOption } from "./check-option.ts";
import type { TlsOptions } from "./options.ts";

/** With the runtime's own options, whatever they are. */
type GivenTls = TlsOptions & { readonly native?: unknown };

/** @throws UsageError where a TLS server has no certificate or no key, unless the runtime's own options may bring them */
export function checkServerTls(tls: GivenTls): void {
  checkIsObject(tls);
  const { cert, key, native } = tls;
  // Node listens with an empty one, too, and then fails each handshake.
  const given = (Boolean(cert) && Boolean(key)) || native !== undefined;
  if (!given) throw new UsageError("option", "a TLS server needs cert and key");
}

/**
 * @throws UsageError where no name would be sent, or half a client's certificate would be passed over, unless the runtime's
 *   own options may bring the other
 */
export function checkClientTls(tls: GivenTls | undefined): void {
  if (tls === undefined) return;
  checkIsObject(tls);
  const { cert, key, serverName, native } = tls;
  const named = serverName === undefined || (typeof serverName === "string" && serverName !== "");
  checkOption(named, "serverName is a name or an address", serverName);
  const whole = (cert === undefined) === (key === undefined) || native !== undefined;
  if (!whole) throw new UsageError("option", "of a client's certificate, cert and key go together");
}

function checkIsObject(tls: GivenTls): void {
  checkOption(typeof tls === "object" && tls !== null, "tls is an object of options", tls);
}
