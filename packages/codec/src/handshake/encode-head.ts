/** The head of a message to send (RFC 9112 section 2.1). */
import { checkUsage } from "../errors.ts";
import { HeaderFields, type HeaderInit, headerPairs } from "./header-fields.ts";
import { encodeLatin1 } from "./latin1.ts";

/** What only the opening handshake itself sets. */
export const HANDSHAKE_FIELDS: RegExp =
  /^(?:host|upgrade|connection|sec-websocket-.*|content-length|transfer-encoding)$/;

/**
 * The head in bytes, which are the caller's.
 *
 * @param fields those that the message sets itself; what is undefined or empty is left out
 * @param added those of others, in their order
 * @param reserved matches the names that those may not have, in lower case
 * @throws UsageError for an added name that is not a token or reserved, and for a value with CR, LF, another control
 *   character or beyond Latin-1
 */
export function encodeHead(
  startLine: string,
  fields: Readonly<Record<string, string | undefined>>,
  added: HeaderInit,
  reserved: RegExp,
): Uint8Array {
  const pairs = headerPairs(added);
  for (const [name] of new HeaderFields(pairs)) checkUsage(!reserved.test(name), "header-reserved", name);
  let head = `${startLine}\r\n`;
  for (const name in fields) if (fields[name]) head += `${name}: ${fields[name]}\r\n`;
  for (const [name, value] of pairs) head += `${name}: ${value}\r\n`;
  return encodeLatin1(`${head}\r\n`);
}
