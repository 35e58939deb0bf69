/** Which extension is in use on a connection (RFC 6455 section 9.1): the server's choice, and the client's check of it. */
import { HandshakeError } from "../errors.ts";
import type {
  ClientExtension,
  ExtensionDeclined,
  ExtensionOffer,
  MessageExtension,
  ServerExtension,
} from "../extensions/extension.ts";
import { parseExtensions } from "./header-values.ts";

/** What came of the offers, in either role. */
export interface Negotiated {
  /** At most one extension transforms a connection's messages. */
  readonly extension: MessageExtension | undefined;
  /** Each extension of ours that is not in use, and why. */
  readonly declined: readonly ExtensionDeclined[];
}

/** Asks the server's extensions in its order of preference; once one is agreed, the others are declined unasked. */
export function negotiateExtension(
  offers: readonly ExtensionOffer[],
  extensions: readonly ServerExtension[],
): Negotiated {
  const declined: ExtensionDeclined[] = [];
  let extension: MessageExtension | undefined;
  for (const candidate of extensions) {
    if (extension !== undefined) {
      declined.push({ extension: candidate.name, reason: "another-agreed" });
      continue;
    }
    const answer = candidate.accept(offers.filter((offer) => offer.name === candidate.name));
    if ("reason" in answer) declined.push(answer);
    else extension = answer;
  }
  return { extension, declined };
}

/**
 * Checks what a server agreed to: it was offered, it is there once, and its terms can be met (sections 4.1 (5), 9.1).
 *
 * @param lines the Sec-WebSocket-Extensions headers of the response
 * @param offered what the request offered
 */
export function confirmExtensions(
  lines: readonly string[],
  offered: readonly ClientExtension[],
): Negotiated | HandshakeError {
  if (lines.length > 1) return new HandshakeError("extension-repeated");
  const answers = parseExtensions(lines[0] ?? null);
  if (answers === undefined) return new HandshakeError("response-extensions");
  const seen = new Set<string>();
  let extension: MessageExtension | undefined;
  let fault: HandshakeError | undefined;
  for (const answer of answers) {
    const { name } = answer;
    const candidate = offered.find((one) => one.name === name && one.offers.length > 0);
    if (candidate === undefined) fault = new HandshakeError("extension-not-offered", name);
    else if (seen.has(name)) fault = new HandshakeError("extension-repeated", name);
    else if (extension !== undefined) {
      // Messages pass through one extension: whoever offers several means them as alternatives.
      fault = new HandshakeError("extension-parameters", `${name} beside ${extension.name}`);
    } else {
      const confirmed = candidate.confirm(answer);
      if ("reason" in confirmed) fault = new HandshakeError("extension-parameters", `${name}: ${confirmed.reason}`);
      else extension = confirmed;
    }
    if (fault !== undefined) {
      extension?.release();
      return fault;
    }
    seen.add(name);
  }
  const unused = offered.filter((candidate) => !seen.has(candidate.name));
  return {
    extension,
    declined: unused.map(({ name, withheld = "not-accepted" }) => ({ extension: name, reason: withheld })),
  };
}
