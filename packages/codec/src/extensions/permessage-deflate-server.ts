/** RFC 7692 section 7.1 in a server: chooses among the client's offers. */
import type { DeflateEngine } from "./deflate-engine.ts";
import { DEFAULT_WINDOW_BITS, type DeflateOptions, type DeflateSettings, deflateSettings } from "./deflate-options.ts";
import {
  type DeflateDeclineReason,
  PERMESSAGE_DEFLATE,
  readParameters,
  writeParameters,
} from "./deflate-parameters.ts";
import type { ExtensionDeclined, ExtensionOffer, MessageExtension, ServerExtension } from "./extension.ts";
import { PerMessageDeflate } from "./permessage-deflate.ts";

/**
 * permessage-deflate for servers. The first offer that can be honoured is agreed; where none can, the reason is that
 * of the first.
 *
 * @param engine gives the engine, always the same one; not called before a client offers compression
 * @throws UsageError `option` where an option is out of its range
 */
export function perMessageDeflateServer(engine: () => DeflateEngine, options: DeflateOptions = {}): ServerExtension {
  const settings = deflateSettings(options);
  return {
    name: PERMESSAGE_DEFLATE,
    accept(offers: readonly ExtensionOffer[]): MessageExtension | ExtensionDeclined {
      let reason: DeflateDeclineReason | undefined;
      for (const offer of offers) {
        const agreed = answer(offer, engine(), settings);
        if (typeof agreed !== "string") return agreed;
        reason ??= agreed;
      }
      return { extension: PERMESSAGE_DEFLATE, reason: reason ?? "not-offered" };
    },
  };
}

function answer(
  offer: ExtensionOffer,
  engine: DeflateEngine,
  settings: DeflateSettings,
): MessageExtension | DeflateDeclineReason {
  const offered = readParameters(offer.params);
  if (typeof offered === "string") return offered;
  const { server_max_window_bits: demand, client_max_window_bits: hint } = offered;
  if (demand === 8) return "window-bits-8";
  if (settings.budget?.full) return "memory-budget";

  // Section 7.1.2: a limit goes into the response only where the client has named it; it is ours or the client's,
  // whichever is smaller. A hint of 256 bytes needs no answer, since a larger window inflates it too.
  const serverBits = Math.min(demand ?? 15, settings.serverMaxWindowBits ?? DEFAULT_WINDOW_BITS);
  const clientWish = settings.clientMaxWindowBits ?? 15;
  const clientBits = hint === undefined || hint === 8 ? 15 : Math.min(hint === true ? 15 : hint, clientWish);

  // Section 7.1.1: a server may forgo both histories whether or not the client has asked for that.
  const pressed = settings.budget?.fits(engine.inflaterMemory({ windowBits: clientBits })) === false;
  const serverForgets = offered.server_no_context_takeover || settings.serverNoContextTakeover || pressed;
  const clientForgets = offered.client_no_context_takeover || settings.clientNoContextTakeover || pressed;
  const agreed = writeParameters({
    server_no_context_takeover: serverForgets,
    client_no_context_takeover: clientForgets,
    server_max_window_bits: demand && serverBits,
    client_max_window_bits: clientBits < 15 ? clientBits : undefined,
  });
  return new PerMessageDeflate(
    engine,
    settings,
    agreed,
    { windowBits: serverBits, takeover: !serverForgets },
    { windowBits: clientBits, takeover: !clientForgets },
  );
}
