/**
 * The head of an HTTP/1.1 message, from bytes (RFC 9112 sections 2 to 5), strictly: CR LF ends a line and nothing else
 * does, no folded lines, no blank before a colon, no control characters. Leniency here is how requests are smuggled.
 */
import { HandshakeError } from "../errors.ts";
import { TOKEN, trimBlanks } from "./characters.ts";
import { fieldFault, fieldLine, HeaderFields } from "./header-fields.ts";
import { decodeLatin1 } from "./latin1.ts";
import { parseRequestLine, parseStatusLine, type RequestLine, readRequestLine, type StatusLine } from "./start-line.ts";

/** The head of a request. */
export interface RequestHead extends RequestLine {
  readonly headers: HeaderFields;
}

/** The head of a response. */
export interface ResponseHead extends StatusLine {
  readonly headers: HeaderFields;
}

/** Bounds of a head; one that goes over them is refused with 431 as soon as that is seen. */
export interface HeadLimits {
  /** Bytes from the first of the start line to the last of the empty line. */
  readonly maxHeadSize: number;
  /** Header lines. */
  readonly maxHeaders: number;
}

export const DEFAULT_HEAD_LIMITS: HeadLimits = {
  // What the common servers allow in all; cookies of a browser are the largest part.
  maxHeadSize: 16_384,
  maxHeaders: 100,
};

/** What may stand in a line but its end, and what in a name. Each reads on from its `lastIndex`. */
const CONTENT = /[\t -~\x80-\xff]*/y;
const NAME = new RegExp(`${TOKEN}|`, "y");

/** How the first line of a head is read. */
export interface StartLine<Head> {
  /** Reads the line, a Latin-1 string without its CR LF. */
  readonly parse: (line: string) => Omit<Head, "headers"> | HandshakeError;
  /** The rule that a control character in it breaks. */
  readonly fault: "request-line" | "status-line";
}

/** A complete head, and what came behind it. */
export interface HeadOutcome<Head> {
  readonly head: Head;
  /** The bytes of the last chunk that follow the head: a view of that chunk. */
  readonly rest: Uint8Array;
}

/**
 * Reads one head from chunks of any size. Each byte is looked at once, and a fault is told at the byte that commits it,
 * so that the outcome does not depend on the chunks.
 */
export class HeadParser<Head extends object> {
  readonly #limits: HeadLimits;
  readonly #startLine: StartLine<Head>;
  /** What is being read, by the rule that a character out of place breaks; undefined once there is an outcome. */
  #reading: "request-line" | "status-line" | "header-name" | "header-value" | undefined;
  /** As much of it as there is. */
  #part = "";
  /** A CR was read: LF must follow. */
  #ending = false;
  #size = 0;
  #start: Omit<Head, "headers"> | undefined;
  #name = "";
  #lines = "";
  #count = 0;

  constructor(limits: HeadLimits, startLine: StartLine<Head>) {
    this.#limits = limits;
    this.#startLine = startLine;
    this.#reading = startLine.fault;
  }

  /** Bytes of the head so far; of the whole head once it is complete. */
  get size(): number {
    return this.#size;
  }

  /** What the start line says, once that line is complete. */
  get start(): Omit<Head, "headers"> | undefined {
    return this.#start;
  }

  /** Takes the next chunk, which stays the caller's. Undefined while more is wanted, and after the outcome. */
  receive(chunk: Uint8Array): HeadOutcome<Head> | HandshakeError | undefined {
    if (this.#reading === undefined) return undefined;
    const outcome = this.#scan(chunk, this.#limits);
    if (outcome !== undefined) this.#reading = undefined;
    return outcome;
  }

  #scan(chunk: Uint8Array, { maxHeadSize, maxHeaders }: HeadLimits): HeadOutcome<Head> | HandshakeError | undefined {
    const text = decodeLatin1(chunk.subarray(0, maxHeadSize - this.#size));
    let at = 0;
    while (at < text.length) {
      const reading = this.#reading;
      if (this.#ending) {
        if (text[at++] !== "\n") return new HandshakeError("line-ending");
        const part = this.#part;
        this.#part = "";
        this.#ending = false;
        if (reading === "header-name") {
          this.#size += at;
          return { head: headOf(this.#start as object, this.#lines) as Head, rest: chunk.subarray(at) };
        }
        if (reading === "header-value") {
          this.#lines += fieldLine(this.#name, trimBlanks(part));
          this.#count += 1;
        } else if (this.#size + at === 2 && reading === "request-line") {
          // One empty line may stand before a request (RFC 9112 section 2.2).
          continue;
        } else {
          const start = this.#startLine.parse(part);
          if (start instanceof HandshakeError) return start;
          this.#start = start;
        }
        this.#reading = "header-name";
      } else {
        const pattern = reading === "header-name" ? NAME : CONTENT;
        pattern.lastIndex = at;
        pattern.test(text);
        this.#part += text.slice(at, pattern.lastIndex);
        at = pattern.lastIndex;
        const inName = reading === "header-name" && this.#part !== "";
        if (inName && this.#count === maxHeaders) return new HandshakeError("too-many-headers", `${maxHeaders}`);
        if (at === text.length) break;
        const next = text[at++];
        if (inName) {
          if (next !== ":") return new HandshakeError("header-name");
          this.#name = this.#part;
          this.#part = "";
          this.#reading = "header-value";
        } else if (next === "\r") {
          this.#ending = true;
        } else {
          if (next === "\n") return new HandshakeError("line-ending");
          return new HandshakeError(/[ \t]/.test(next) ? "header-folded" : (reading as NonNullable<typeof reading>));
        }
      }
    }
    this.#size += at;
    return this.#size < maxHeadSize ? undefined : new HandshakeError("head-too-large", `${maxHeadSize} bytes`);
  }
}

/** Reads the head of a request. */
export function requestHeadParser(limits: HeadLimits = DEFAULT_HEAD_LIMITS): HeadParser<RequestHead> {
  return new HeadParser<RequestHead>(limits, { parse: parseRequestLine, fault: "request-line" });
}

/** Reads the head of a response. */
export function responseHeadParser(limits: HeadLimits = DEFAULT_HEAD_LIMITS): HeadParser<ResponseHead> {
  return new HeadParser<ResponseHead>(limits, { parse: parseStatusLine, fault: "status-line" });
}

/**
 * The head of a request that another parser has read, for example `node:http`, under the same rules: that parser may be
 * configured to be lenient.
 *
 * @param httpVersion for example `1.1`
 * @param rawHeaders name and value in turn, every line as received
 */
export function requestHeadFromRaw(
  method: string,
  target: string,
  httpVersion: string,
  rawHeaders: readonly string[],
): RequestHead | HandshakeError {
  const line = readRequestLine(method, target, httpVersion);
  if (line instanceof HandshakeError) return line;
  let lines = "";
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    const value = rawHeaders[at + 1];
    const fault = fieldFault(name, value);
    if (fault !== undefined) return new HandshakeError(fault);
    lines += fieldLine(name, trimBlanks(value));
  }
  return headOf(line, lines);
}

/** Not by spreading: V8 up to that of Node 20 gives each object that a property follows a spread in a class of its own. */
function headOf<Line extends object>(start: Line, lines: string): Line & { readonly headers: HeaderFields } {
  return Object.assign(start, { headers: HeaderFields.read(lines) });
}
