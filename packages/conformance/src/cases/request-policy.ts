import type { ConformanceCase } from "../case.ts";
import { type FieldEdits, type RequestRow, requestCases } from "./request-script.ts";

const SECTION = "RFC 6455 4.2.2 (4) and 10.2";

const origins: readonly (readonly [id: string, title: string, origin: (host: string) => FieldEdits])[] = [
  ["SH-33.2", "null", () => ({ Origin: "null" })],
  ["SH-33.3", "another host", () => ({ Origin: "http://other.example" })],
  ["SH-33.4", "another scheme", (host) => ({ Origin: `https://${host}` })],
  ["SH-33.5", "another port", (host) => ({ Origin: `http://${host.replace(/:\d+$/, "")}:1` })],
  ["SH-33.6", "the host with a suffix", (host) => ({ Origin: `http://${host.replace(/:\d+$/, "")}.evil.example` })],
  ["SH-33.7", "upper case", (host) => ({ Origin: `HTTP://${host.toUpperCase()}` })],
  ["SH-33.8", "no URL", () => ({ Origin: "http://[" })],
  ["SH-33.9", "empty", () => ({ Origin: "" })],
  ["SH-33.10", "two lines", (host) => ({ Origin: [`http://${host}`, "http://other.example"] })],
  ["SH-33.11", "bytes above 7f", () => ({ Origin: "http://caf\xe9.example" })],
];

const rows: readonly RequestRow[] = [
  {
    id: "SH-33.1",
    title: "Origin: absent",
    section: SECTION,
    edits: { Origin: undefined },
    outcome: "prefer-accept",
    input: "A good request without Origin, as it comes from what is no browser.",
  },
  ...origins.map(
    ([id, title, edits]): RequestRow => ({
      id,
      title: `Origin: ${title}`,
      section: SECTION,
      edits: (peer) => edits(peer.target.authority),
      outcome: "open",
      input: `A request that is good but for its Origin: ${title}.`,
      expectation: "Accepted, or refused (403 is best); the policy is the server's. It goes on serving others.",
    }),
  ),
];

/** What a server makes of Origin is its own policy; that it survives any value is not. */
export const requestOriginCases: readonly ConformanceCase[] = requestCases(rows);
