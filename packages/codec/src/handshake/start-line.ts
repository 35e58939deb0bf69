/** The first line of an HTTP/1.1 head (RFC 9112 sections 3 and 4), and what a request asks for. */
import { HandshakeError } from "../errors.ts";
import { isToken } from "./characters.ts";

export interface RequestLine {
  readonly method: string;
  /** Path and query, as received; `*` or an authority for OPTIONS and CONNECT. */
  readonly target: string;
  /** Host and port where the target was a whole URI (absolute-form); it takes the place of the Host header. */
  readonly authority: string | undefined;
  /** What follows `HTTP/`: `1.1`. */
  readonly version: string;
}

export interface StatusLine {
  readonly version: string;
  /** 100 to 999. */
  readonly status: number;
  /** Latin-1, may be empty. */
  readonly reason: string;
}

const VERSION = /^HTTP\/\d\.\d$/;
/** A URI of http or https with what is in front of its path (RFC 9112 section 3.2.2). */
const ABSOLUTE = /^https?:\/\/([^/?]+)/i;
/** Host and port (RFC 3986 section 3.2), without user information. */
const AUTHORITY = /^(?:[\w.~!$&'()*+,;=%-]+|\[[\da-f:.]+\])(?::\d*)?$/i;
const VISIBLE = /^[!-~]+$/;

/** Whether `text` is a host with or without a port. */
export function isAuthority(text: string): boolean {
  return AUTHORITY.test(text);
}

/** Whether `text` is the path and query of a URI: visible ASCII, no fragment. */
export function isOriginForm(text: string): boolean {
  return text.startsWith("/") && VISIBLE.test(text) && !text.includes("#");
}

/** Reads `METHOD target HTTP/1.1`: single spaces, nothing else around or between. */
export function parseRequestLine(line: string): RequestLine | HandshakeError {
  const afterMethod = line.indexOf(" ");
  const beforeVersion = line.lastIndexOf(" ");
  const version = line.slice(beforeVersion + 1);
  if (beforeVersion <= afterMethod || !VERSION.test(version)) return new HandshakeError("request-line");
  return readRequestLine(line.slice(0, afterMethod), line.slice(afterMethod + 1, beforeVersion), version.slice(5));
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
  const absolute = ABSOLUTE.exec(target);
  if (absolute === null) return new HandshakeError("request-target");
  const path = target.slice(absolute[0].length);
  const origin = path.startsWith("/") ? path : `/${path}`;
  if (!isAuthority(absolute[1]) || !isOriginForm(origin)) return new HandshakeError("request-target");
  return { method, target: origin, authority: absolute[1], version };
}

/** Reads `HTTP/1.1 101 Reason`. The space after the status may be missing where the reason is, as some servers have it. */
export function parseStatusLine(line: string): StatusLine | HandshakeError {
  const version = line.slice(0, 8);
  const code = line.slice(9, 12);
  if (
    !VERSION.test(version) ||
    line[8] !== " " ||
    !/^[1-9]\d\d$/.test(code) ||
    (line.length > 12 && line[12] !== " ")
  ) {
    return new HandshakeError("status-line");
  }
  return { version: version.slice(5), status: Number(code), reason: line.slice(13) };
}
