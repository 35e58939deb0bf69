import { trimBlanks } from "../../src/wire/http-head.ts";

/** An HTTP head that the testee has read and found well-formed (RFC 9112 2, 5). */
export interface Head {
  readonly startLine: string;
  /** Names in lower case. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  readonly rest: Uint8Array;
}

/** The head is malformed or too large; `status` is what a server answers. */
export class HeadFault extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export const MAX_HEAD = 16_384;
const MAX_FIELDS = 100;
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
const BAD_VALUE = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/** Collects bytes until a head is complete. Throws {@link HeadFault}. */
export class HeadReader {
  #held: Buffer = Buffer.alloc(0);
  #scanned = 0;

  push(chunk: Uint8Array): Head | undefined {
    this.#held = Buffer.concat([this.#held, chunk]);
    // RFC 9112 2.2: an empty line before the start line is passed over.
    if (this.#scanned < 4 && this.#held.subarray(0, 2).toString("latin1") === "\r\n")
      this.#held = this.#held.subarray(2);
    const end = this.#held.indexOf("\r\n\r\n", Math.max(0, this.#scanned - 3), "latin1");
    this.#scanned = this.#held.length;
    if ((end === -1 ? this.#held.length : end) > MAX_HEAD) throw new HeadFault(431, "the head is too large");
    if (end === -1) {
      if (/[^\r]\n|^\n/.test(this.#held.toString("latin1"))) throw new HeadFault(400, "a line ends in LF alone");
      return undefined;
    }
    const rest = Uint8Array.from(this.#held.subarray(end + 4));
    return { ...parse(this.#held.subarray(0, end).toString("latin1")), rest };
  }
}

function parse(text: string): Omit<Head, "rest"> {
  const [startLine = "", ...lines] = text.split("\r\n");
  if (BAD_VALUE.test(startLine)) throw new HeadFault(400, "the start line");
  if (lines.length > MAX_FIELDS) throw new HeadFault(431, "too many fields");
  const fields = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon);
    const value = trimBlanks(line.slice(colon + 1));
    if (colon === -1 || !NAME.test(name) || BAD_VALUE.test(value)) throw new HeadFault(400, "a malformed field");
    const lower = name.toLowerCase();
    fields.set(lower, [...(fields.get(lower) ?? []), value]);
  }
  return { startLine, fields };
}

/** The members of a comma-separated field in lower case. */
export function tokens(head: Head, name: string): string[] {
  return (head.fields.get(name) ?? []).flatMap((value) => value.split(",").map((token) => token.trim().toLowerCase()));
}
