/** An HTTP/1.1 head as it was read: start line and fields in order, names as sent. Text is latin1: a byte a character. */
export interface HttpHead {
  readonly startLine: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** The head's bytes up to and including the empty line. */
  readonly bytes: Uint8Array;
}

/** A head to be written; `\r\n` is added, nothing else is changed, so that anything can be sent. */
export function encodeHead(startLine: string, fields: readonly (readonly [string, string])[]): Uint8Array {
  const lines = [startLine, ...fields.map(([name, value]) => `${name}: ${value}`), "", ""];
  return Uint8Array.from(Buffer.from(lines.join("\r\n"), "latin1"));
}

/** Where the head that starts `bytes` ends (behind the empty line), or -1 if it has not ended yet. */
export function endOfHead(bytes: Uint8Array): number {
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf("\r\n\r\n", 0, "latin1");
  return at === -1 ? -1 : at + 4;
}

/**
 * The text without the blanks and tabs around it (OWS, RFC 9110 5.6.3). A regular expression for those at the end takes
 * a time that grows with the square of a run of blanks within, which SH-22.1 finds.
 */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start])) start += 1;
  while (end > start && isBlank(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t";
}

/** Reads a complete head; throws SyntaxError where it is none. Values lose surrounding white space (RFC 9112 5). */
export function parseHead(bytes: Uint8Array): HttpHead {
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1").split("\r\n");
  const [startLine = ""] = lines;
  const fields = lines.slice(1, -2).map((line): [string, string] => {
    const colon = line.indexOf(":");
    if (colon <= 0 || /[\s\r\n]/.test(line.slice(0, colon))) throw new SyntaxError(`not a header field: ${line}`);
    return [line.slice(0, colon), trimBlanks(line.slice(colon + 1))];
  });
  return { startLine, fields, bytes };
}

/** All values of a field, in order; names compare without case. */
export function fieldValues(head: HttpHead, name: string): string[] {
  const wanted = name.toLowerCase();
  return head.fields.filter(([field]) => field.toLowerCase() === wanted).map(([, value]) => value);
}

/** The field's values as one list (RFC 9110 5.6.1), trimmed, empty members left out. Knows nothing of quoted commas. */
export function fieldList(head: HttpHead, name: string): string[] {
  return fieldValues(head, name)
    .join(",")
    .split(",")
    .map((member) => member.trim())
    .filter((member) => member !== "");
}

/** Whether `text` is a token (RFC 9110 5.6.2): what the name of a subprotocol has to be. */
export function isToken(text: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text);
}

/** The status code of a response head; `undefined` if the start line is no HTTP/1.1 status line. */
export function statusOf(head: HttpHead): number | undefined {
  const match = /^HTTP\/1\.1 ([1-9]\d\d)(?: .*)?$/.exec(head.startLine);
  return match === null ? undefined : Number(match[1]);
}
