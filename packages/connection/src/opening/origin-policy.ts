/**
 * RFC 6455 section 10.2: which origins may connect. A browser sends `Origin` and does not let a page change it; what
 * sends none is no browser, and could send anything.
 */
import type { UpgradeRequest } from "@samewire/codec";
import type { ServerPolicy } from "../options.ts";
import { ignoreRejection } from "../thenable.ts";

const DEFAULT_PORTS: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

/** What of a request says where it is from and to. */
type Addressed = Pick<UpgradeRequest, "headers" | "host">;

/** Undefined if the origin may connect, else why not, in words that name both values and the option. */
export function refusedOrigin(request: Addressed, policy: ServerPolicy): string | undefined {
  const origins = request.headers.getAll("origin");
  const allowed = policy.origins ?? "same-origin";
  if (origins.length === 0 || allowed === "any") return undefined;
  const origin = origins[0] as string;
  if (origins.length > 1) return "the request has more than one Origin";
  const from = parseOrigin(origin);
  if (typeof allowed === "function") {
    // Only what is an origin reaches the function; a promise, which is truthy, is not its yes.
    const answer: unknown = from !== undefined && allowed(origin);
    if (answer === true) return undefined;
    ignoreRejection(answer);
    return `Origin ${quote(origin)} is not allowed by the option origins`;
  }
  const host = hostOf(request, policy);
  if (allowed !== "same-origin") {
    if (from !== undefined && allowed.some((one) => sameOrigin(from, parseOrigin(one)))) return undefined;
    return `Origin ${quote(origin)} is not in the list of the option origins`;
  }
  if (from !== undefined && sameHost(from, host)) return undefined;
  return (
    `Origin ${quote(origin)} is not the same as Host ${quote(host)}: ` +
    "allow it with the option origins, or, behind a proxy, pass Host on or set trustProxy"
  );
}

/** What the client believes to be talking to. */
function hostOf({ headers, host }: Addressed, policy: ServerPolicy): string {
  if (policy.trustProxy !== true) return host;
  // The last proxy is the one that is trusted; it adds at the end.
  const forwarded = headers.get("x-forwarded-host");
  return forwarded === null ? host : (forwarded.split(",").pop() as string).trim();
}

interface ParsedOrigin {
  readonly scheme: string;
  readonly hostname: string;
  readonly port: string;
}

/** RFC 6454 section 6.1: scheme://host[:port] and nothing else; `null` is none. */
export function parseOrigin(text: string): ParsedOrigin | undefined {
  const match = /^([a-z][a-z0-9+.-]*:)\/\/([^/?#@\\\s]+)$/i.exec(text);
  if (match === null) return undefined;
  const scheme = (match[1] as string).toLowerCase();
  const split = splitPort(match[2] as string);
  if (split === undefined) return undefined;
  return { scheme, hostname: split.hostname, port: split.port || (DEFAULT_PORTS[scheme] ?? "") };
}

/** A proxy may speak TLS for us, so that the scheme is not compared; a port left out is the Origin's default. */
function sameHost(origin: ParsedOrigin, host: string): boolean {
  const split = splitPort(host);
  if (split === undefined) return false;
  return split.hostname === origin.hostname && (split.port || (DEFAULT_PORTS[origin.scheme] ?? "")) === origin.port;
}

function sameOrigin(a: ParsedOrigin, b: ParsedOrigin | undefined): boolean {
  return b !== undefined && a.scheme === b.scheme && a.hostname === b.hostname && a.port === b.port;
}

function splitPort(authority: string): { hostname: string; port: string } | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/i.exec(authority);
  if (match === null) return undefined;
  return { hostname: (match[1] as string).toLowerCase(), port: match[2] === undefined ? "" : String(Number(match[2])) };
}

/** As it stands, but never long, and never with control characters. */
function quote(value: string): string {
  return JSON.stringify(value.length > 200 ? `${value.slice(0, 200)}…` : value);
}
