/** What the peers' servers share: the command line, and what each path of the echo server means. */
import { readFileSync } from "node:fs";

export const REFUSAL = "Who are you?\n";
export const MAX_MESSAGE = 64 * 1024 * 1024;

/** Files in PEM after `--cert` and `--key`, where the server shall speak TLS. @param {readonly string[]} argv */
export function tlsOf(argv) {
  const cert = argv[argv.indexOf("--cert") + 1];
  const key = argv[argv.indexOf("--key") + 1];
  if (!argv.includes("--cert") || cert === undefined || key === undefined) return undefined;
  return { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
}

/** The code and reason of `/closing?CODE,REASON`. @param {string} target */
export function closingOf(target) {
  const [, code, reason = ""] = /^\/closing\?(\d+),(.*)$/.exec(target) ?? [];
  return code === undefined ? undefined : { code: Number(code), reason: decodeURIComponent(reason) };
}

/** The codes that connections were closed with, by reason: what `/closes` answers from. */
export const closes = new Map();

/** @param {string} reason */
export function closedFor(reason) {
  return String(closes.get(reason) ?? "none");
}
