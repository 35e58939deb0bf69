/** The first line of an HTTP/1.1 head (RFC 9112 sections 3 and 4), and what a request asks for. */
import { HandshakeError } from "../errors.ts";
import { isToken } from "./characters.ts";

/** The first line of a request (RFC 9112 section 3). */
export interface RequestLine {
  /** A token, in the case in which it was sent. */
  readonly method: string;
  /** Path and query, as received; `*` or an authority for OPTIONS and CONNECT. */
  readonly target: string;
  /** Host and port where the target was a whole URI (absolute-form); it takes the place of the Host header. */
  readonly authority: string | undefined;
  /** What follows `HTTP/`: `1.1`. */
  readonly version: string;
}

/** The first line of a response (RFC 9112 section 4). */
export interface StatusLine {
  /** What follows `HTTP/`: `1.1`. */
  readonly version: string;
  /** 100 to 999. */
  readonly status: number;
  /** Latin-1, may be empty. */
  readonly reason: string;
}

/** A URI of http or https (RFC 9112 section 3.2.2): its authority, and its path and query. */
const ABSOLUTE = /^https?:\/\/([^/?]+)(.*)$/i;
/** Host and port (RFC 3986 section 3.2), without user information. */
const AUTHORITY = /^(?:[\w.~!$&'()*+,;=%-]+|\[[\da-f:.]+\])(?::\d*)?$/i;
/** The path and query of a URI: visible ASCII but the `#` of a fragment. */
const ORIGIN_FORM = /^\/[!"$-~]*$/;

/** Whether `text` is a host with or without a port. */
export function isAuthority(text: string): boolean {
  return AUTHORITY.test(text);
}

/** Whether `text` is the path and query of a URI: visible ASCII, no fragment. */
export function isOriginForm(text: string): boolean {
  return ORIGIN_FORM.test(text);
}

/** Reads `METHOD target HTTP/1.1`: single spaces, nothing else around or between. */
export function parseRequestLine(line: string): RequestLine | HandshakeError {
  const parts = /^([^ ]*) (.*) HTTP\/(\d\.\d)$/.exec(line);
  return parts === null ? new HandshakeError("request-line") : readRequestLine(parts[1], parts[2], parts[3]);
}

/** Checks the three parts of a request line. */
export function readRequestLine(method: string, target: string, version: string): RequestLine | HandshakeError {
  if (!isToken(method)) return new HandshakeError("request-line");
  // HTTP/2 and later have another wire format; what answers to their preface in HTTP/1.1 is refused as a whole.
  if (!version.startsWith("1.")) return new HandshakeError("http-version", version);
  if (
    isOriginForm(target) ||
    (method === "OPTIONS" && target === "*") ||
    (method === "CONNECT" && isAuthority(target))
  ) {
    return { method, target, authority: undefined, version };
  }
  const [, authority = "", path = ""] = ABSOLUTE.exec(target) ?? [];
  const origin = path.startsWith("/") ? path : `/${path}`;
  if (!isAuthority(authority) || !isOriginForm(origin)) return new HandshakeError("request-target");
  return { method, target: origin, authority, version };
}

/** Reads `HTTP/1.1 101 Reason`. The space after the status may be missing where the reason is, as some servers have it. */
export function parseStatusLine(line: string): StatusLine | HandshakeError {
  // HTTP/2 and later have no status line: one that names them is no answer to what was asked.
  const parts = /^HTTP\/(1\.\d) ([1-9]\d\d)(?: (.*))?$/.exec(line);
  if (parts === null) return new HandshakeError("status-line");
  return { version: parts[1], status: Number(parts[2]), reason: parts[3] ?? "" };
}
