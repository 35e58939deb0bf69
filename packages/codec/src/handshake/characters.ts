/** The character classes of HTTP's grammar (RFC 9110 sections 5.5 and 5.6), over strings of one character an octet. */

/** The source of an expression for a token, for example a header name. */
export const TOKEN: string = /[!#$%&'*+.^_`|~\w-]+/.source;

const IS_TOKEN = new RegExp(`^${TOKEN}$`);

/** Whether `text` is a token: at least one character, all of them of the class. */
export function isToken(text: unknown): boolean {
  return typeof text === "string" && IS_TOKEN.test(text);
}

/**
 * Whether `text` can be sent as a header value: no control character but the tab. Octets over 7F are obs-text: legal,
 * with no meaning.
 */
export function isFieldValue(text: unknown): boolean {
  return typeof text === "string" && /^[\t -~\x80-\xff]*$/.test(text);
}

/** `text` without blanks around it, in linear time. `String.prototype.trim` would take other white space, too. */
export function trimBlanks(text: string): string {
  return /[^ \t](?:.*[^ \t])?/.exec(text)?.[0] ?? "";
}
