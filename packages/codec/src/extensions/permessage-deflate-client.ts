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
import { PerMessageDeflate } from "./permessage-deflate.ts";

/**
 * permessage-deflate for clients, made anew for each handshake. There is one offer, or two where the budget is short:
 * one that spares us the server's history, and one that does without that demand. No offer is made where it is spent.
 *
 * @param engine gives the engine, always the same one
 * @throws UsageError `option` where an option is out of its range
 */
export function perMessageDeflateClient(engine: () => DeflateEngine, options: DeflateOptions = {}): ClientExtension {
  const settings = deflateSettings(options);
  const offers = offersOf(engine(), settings);
  return {
    name: PERMESSAGE_DEFLATE,
    offers,
    withheld: offers.length > 0 ? undefined : ("memory-budget" satisfies DeflateDeclineReason),
    confirm(response: ExtensionOffer): MessageExtension | ExtensionDeclined {
      const agreed = readParameters(response.params);
      let reason: DeflateDeclineReason;
      if (typeof agreed === "string") reason = agreed;
      else if (agreed.client_max_window_bits === true) reason = "invalid-parameter";
      else if (!isAnswer(agreed, settings)) reason = "parameter-not-honoured";
      else return agree(engine(), settings, response, agreed);
      return { extension: PERMESSAGE_DEFLATE, reason };
    },
  };
}

function offersOf(engine: DeflateEngine, settings: DeflateSettings): ExtensionOffer[] {
  const { budget, serverNoContextTakeover, serverMaxWindowBits = 15 } = settings;
  if (budget?.full) return [];
  const offer = (forgets: boolean | undefined): ExtensionOffer =>
    writeParameters({
      server_no_context_takeover: forgets,
      client_no_context_takeover: settings.clientNoContextTakeover,
      server_max_window_bits: settings.serverMaxWindowBits,
      // Always named: it says that we obey a limit, which a server could not impose otherwise (section 7.1.2.2).
      client_max_window_bits: settings.clientMaxWindowBits ?? true,
    });
  const pressed =
    !serverNoContextTakeover && budget?.fits(engine.inflaterMemory({ windowBits: serverMaxWindowBits })) === false;
  return pressed ? [offer(true), offer(false)] : [offer(serverNoContextTakeover)];
}

/** Sections 7.1.1 and 7.1.2: whether a response does what the offer demands, the milder one where there are two. */
function isAnswer(response: DeflateParameters, settings: DeflateSettings): boolean {
  return (
    (response.server_no_context_takeover || !settings.serverNoContextTakeover) &&
    // Without a limit the window is the largest there is, which keeps to the largest limit: some servers answer that so.
    (response.server_max_window_bits ?? 15) <= (settings.serverMaxWindowBits ?? 15) &&
    // We always say that we obey a limit, so the response may set one: at most the one that we named.
    Number(response.client_max_window_bits ?? 0) <= (settings.clientMaxWindowBits ?? 15)
  );
}

function agree(
  engine: DeflateEngine,
  settings: DeflateSettings,
  agreed: ExtensionOffer,
  response: DeflateParameters,
): MessageExtension {
  const clientBits = Number(response.client_max_window_bits ?? 15);
  return new PerMessageDeflate(
    engine,
    settings,
    agreed,
    {
      windowBits: Math.min(clientBits, settings.clientMaxWindowBits ?? DEFAULT_WINDOW_BITS),
      takeover: !response.client_no_context_takeover && !settings.clientNoContextTakeover,
    },
    { windowBits: response.server_max_window_bits ?? 15, takeover: !response.server_no_context_takeover },
  );
}
