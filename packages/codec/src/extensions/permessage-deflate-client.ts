/** RFC 7692 section 7.1 in a client: makes the offers and checks the response. */
import type { DeflateEngine } from "./deflate-engine.ts";
import { DEFAULT_WINDOW_BITS, type DeflateOptions, type DeflateSettings, deflateSettings } from "./deflate-options.ts";
import {
  type DeflateDeclineReason,
  type DeflateParameters,
  PERMESSAGE_DEFLATE,
  readParameters,
  writeParameters,
} from "./deflate-parameters.ts";
import type { ClientExtension, ExtensionDeclined, ExtensionOffer, MessageExtension } from "./extension.ts";
import { PerMessageDeflate } from "./per-message-deflate.ts";

/**
 * permessage-deflate for clients, made anew for each handshake. There is one offer, or two where the budget is short:
 * one that spares us the server's history, and one that does without that demand. No offer is made where it is spent.
 *
 * @param engine gives the engine, always the same one
 * @throws UsageError `invalid-option` where an option is out of its range
 */
export function perMessageDeflateClient(engine: () => DeflateEngine, options: DeflateOptions = {}): ClientExtension {
  const settings = deflateSettings(options);
  const offers = offersOf(engine(), settings);
  return {
    name: PERMESSAGE_DEFLATE,
    offers: offers.map(writeParameters),
    withheld: offers.length > 0 ? undefined : ("memory-budget" satisfies DeflateDeclineReason),
    confirm(response: ExtensionOffer): MessageExtension | ExtensionDeclined {
      let reason: DeflateDeclineReason | undefined;
      const parameters = readParameters(response.params);
      if (typeof parameters === "string") reason = parameters;
      else if (parameters.clientMaxWindowBits === true) reason = "invalid-parameter";
      else {
        for (const offer of offers) {
          const fault = faultOf(parameters, offer);
          if (fault === undefined) return agree(engine(), settings, response, parameters);
          reason ??= fault;
        }
      }
      return { extension: PERMESSAGE_DEFLATE, reason: reason ?? "not-offered" };
    },
  };
}

function offersOf(engine: DeflateEngine, settings: DeflateSettings): DeflateParameters[] {
  if (settings.budget.full) return [];
  const offer: DeflateParameters = {
    serverNoContextTakeover: settings.serverNoContextTakeover,
    clientNoContextTakeover: settings.clientNoContextTakeover,
    serverMaxWindowBits: settings.serverMaxWindowBits,
    // Always named: it says that we obey a limit, which a server could not impose otherwise (section 7.1.2.2).
    clientMaxWindowBits: settings.clientMaxWindowBits ?? true,
  };
  const windowBits = settings.serverMaxWindowBits ?? 15;
  const pressed = !offer.serverNoContextTakeover && !settings.budget.fits(engine.inflaterMemory({ windowBits }));
  return pressed ? [{ ...offer, serverNoContextTakeover: true }, offer] : [offer];
}

/** Sections 7.1.1 and 7.1.2: what keeps a response from being an answer to this offer. */
function faultOf(response: DeflateParameters, offer: DeflateParameters): DeflateDeclineReason | undefined {
  if (offer.serverNoContextTakeover && !response.serverNoContextTakeover) return "parameter-not-honoured";
  if (offer.serverMaxWindowBits !== undefined && (response.serverMaxWindowBits ?? 16) > offer.serverMaxWindowBits) {
    return "parameter-not-honoured";
  }
  // We always say that we obey a limit, so the response may set one: at most the one that we named.
  const named = offer.clientMaxWindowBits;
  const limit = response.clientMaxWindowBits;
  return typeof named === "number" && typeof limit === "number" && limit > named ? "parameter-not-honoured" : undefined;
}

function agree(
  engine: DeflateEngine,
  settings: DeflateSettings,
  agreed: ExtensionOffer,
  response: DeflateParameters,
): MessageExtension {
  const allowed = typeof response.clientMaxWindowBits === "number" ? response.clientMaxWindowBits : 15;
  return new PerMessageDeflate(
    engine,
    settings,
    agreed,
    {
      windowBits: Math.min(allowed, settings.clientMaxWindowBits ?? DEFAULT_WINDOW_BITS),
      takeover: !response.clientNoContextTakeover && !settings.clientNoContextTakeover,
    },
    { windowBits: response.serverMaxWindowBits ?? 15, takeover: !response.serverNoContextTakeover },
  );
}
