/** The character classes of HTTP's grammar (RFC 9110 section 5.6.2 and 5.5), as one table over octets. */

const TOKEN = 1;
const FIELD = 2;

const classes = new Uint8Array(256);
classes.fill(FIELD, 0x20, 0x7f);
// Octets over 7F are obs-text: legal in a value, with no meaning.
classes.fill(FIELD, 0x80);
classes[0x09] = FIELD;
for (const character of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
  classes[character.charCodeAt(0)] = TOKEN | FIELD;
}

/** Whether the octet (or UTF-16 unit: none over FF can) may stand in a token, for example a header name. */
export function isTokenOctet(octet: number): boolean {
  return (classes[octet] & TOKEN) !== 0;
}

/** Whether the octet (or UTF-16 unit) may stand in a header value: no control character but the tab. */
export function isFieldOctet(octet: number): boolean {
  return (classes[octet] & FIELD) !== 0;
}

/** Whether `text` is a token: at least one character, all of them of the class. */
export function isToken(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (!isTokenOctet(text.charCodeAt(at))) return false;
  }
  return text !== "";
}

/** Whether `text` can be sent as a header value: Latin-1 without control characters. */
export function isFieldValue(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (!isFieldOctet(text.charCodeAt(at))) return false;
  }
  return true;
}

/** Whether the character is a space or a tab (OWS, RFC 9110 section 5.6.3). */
export function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x09;
}

/** `text` without blanks around it. `String.prototype.trim` would take other white space, too. */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}
