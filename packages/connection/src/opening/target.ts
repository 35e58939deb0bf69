/** RFC 6455 section 3: `ws:` and `wss:` URIs. */
import { UsageError } from "@samewire/codec";

export interface Target {
  readonly secure: boolean;
  /** Name or address, an IPv6 address without its brackets. */
  readonly host: string;
  readonly port: number;
  /** What `Host` carries: the default port is left out. */
  readonly authority: string;
  /** Path and query. */
  readonly target: string;
}

/** @throws UsageError if it is no `ws:` or `wss:` URI, or has a fragment or user information */
export function parseTarget(url: string | URL): Target {
  const text = String(url);
  // The parser drops line breaks and tabs: what somebody slipped in would pass unseen.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\0-\x1f\x7f]/.test(text)) throw new UsageError("url", "a URL has no control characters (RFC 3986 2)");
  let parsed: URL;
  try {
    parsed = new URL(text);
  } catch {
    throw new UsageError("url", `not a URL: ${JSON.stringify(text.slice(0, 200))}`);
  }
  const secure = parsed.protocol === "wss:";
  if (!secure && parsed.protocol !== "ws:") {
    throw new UsageError("url", `a WebSocket URL begins with ws: or wss:, not ${parsed.protocol} (RFC 6455 3)`);
  }
  if (text.includes("#")) {
    throw new UsageError("url", "a WebSocket URL has no fragment (RFC 6455 3)");
  }
  if (parsed.username !== "" || parsed.password !== "") {
    throw new UsageError("url", "a WebSocket URL has no user information: send an authorization header (RFC 6455 3)");
  }
  return {
    secure,
    host: parsed.hostname.replace(/^\[|\]$/g, ""),
    port: parsed.port === "" ? (secure ? 443 : 80) : Number(parsed.port),
    authority: parsed.host,
    // Some runtimes' parsers leave `^` in a path, others encode it, as the URL Standard does since 2023.
    target: parsed.pathname.replaceAll("^", "%5E") + parsed.search,
  };
}
