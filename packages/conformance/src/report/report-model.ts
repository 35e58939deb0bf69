/**
 * The report of a run: what every output format (text, JSON, JUnit, HTML) is made from, and, word for word, what the
 * JSON report holds. `REPORT_VERSION` is raised whenever a field changes its meaning or goes away; a new optional
 * field does not raise it.
 */

export const REPORT_SCHEMA = "samewire-conformance-report";
export const REPORT_VERSION = 1;

/**
 * - `pass`: the required outcome was seen.
 * - `non-strict`: permitted, or a lesser requirement (SHOULD) was missed.
 * - `informational`: the RFCs leave the choice open; the observation is only recorded.
 * - `fail`: a requirement was broken.
 * - `skipped`: not run, for the reason given (the testee's options say that it does not support this).
 */
export type ReportVerdict = "pass" | "non-strict" | "informational" | "fail" | "skipped";

export const REPORT_VERDICTS: readonly ReportVerdict[] = ["pass", "non-strict", "informational", "fail", "skipped"];

/** Which side of the connection did something. The suite is the judge, the testee is what is being judged. */
export type WireSide = "suite" | "testee";

/** A WebSocket frame header and the start of its payload, as it was on the wire (RFC 6455 section 5.2). */
export interface FrameEntry {
  readonly type: "frame";
  /** Milliseconds from the start of the case to the frame's last byte. */
  readonly at: number;
  readonly side: WireSide;
  readonly fin: boolean;
  readonly rsv: readonly [boolean, boolean, boolean];
  readonly opcode: number;
  /** The masking key in hex, absent when the MASK bit is 0. */
  readonly maskingKey?: string;
  /** The width of the payload length on the wire in bits. */
  readonly lengthBits: 7 | 16 | 64;
  /** The declared payload length in bytes, in decimal: 64-bit lengths do not fit a JSON number. */
  readonly payloadLength: string;
  /** The 2 to 14 bytes of the header in hex. */
  readonly header: string;
  /** The first bytes of the payload as they were on the wire, in hex. */
  readonly payload: string;
  /** The first bytes of the payload after unmasking, in hex; absent when the frame was not masked. */
  readonly unmasked?: string;
  /** Payload bytes that were on the wire but are not in `payload`. */
  readonly omitted?: number;
  /** Payload bytes that were declared but never arrived. */
  readonly missing?: number;
  /** A Close frame's status code (RFC 6455 section 5.5.1). */
  readonly closeCode?: number;
  /** A Close frame's reason; bad UTF-8 shows as U+FFFD. */
  readonly closeReason?: string;
}

/** An HTTP request or response head, up to and with its empty line. */
export interface HeadEntry {
  readonly type: "head";
  readonly at: number;
  readonly side: WireSide;
  /** One character per byte (ISO 8859-1), at most 2 KiB of it. */
  readonly text: string;
  readonly length: number;
  /** True when the empty line that ends a head never came. */
  readonly unfinished?: boolean;
}

/** Bytes that are neither a head nor a frame: an HTTP body, or what follows a head that did not upgrade. */
export interface BytesEntry {
  readonly type: "bytes";
  readonly at: number;
  readonly side: WireSide;
  /** The first bytes in hex. */
  readonly hex: string;
  readonly length: number;
}

/** The end of one direction (`fin`), of both by force (`reset`), or a new connection of the same case (`open`). */
export interface TransportEntry {
  readonly type: "open" | "fin" | "reset";
  readonly at: number;
  readonly side: WireSide;
}

/** What the suite did or concluded at this point. */
export interface NoteEntry {
  readonly type: "note";
  readonly at: number;
  readonly text: string;
}

export type LogEntry = FrameEntry | HeadEntry | BytesEntry | TransportEntry | NoteEntry;

export interface ReportLog {
  readonly entries: readonly LogEntry[];
  /** Entries that were left out because the log was longer than the report keeps. */
  readonly left: number;
}

/** How one case went for one testee. */
export interface ReportResult {
  readonly id: string;
  readonly verdict: ReportVerdict;
  /** What was seen, or why the case was skipped; empty for a plain pass. */
  readonly detail: string;
  readonly durationMs: number;
  /** How the bytes were cut for the log that is shown: `whole`, `bytewise`, `random` …; absent when there was one way. */
  readonly delivery?: string;
  readonly log: ReportLog;
}

/** What a case is, the same for every testee. */
export interface ReportCase {
  readonly id: string;
  readonly title: string;
  /** The role of the testee. */
  readonly role: "server" | "client";
  readonly group: "core" | "thorough";
  /** `RFC 6455 5.2`, or the name of an advisory. */
  readonly section: string;
  /** What the case demands, in words. */
  readonly expectation: string;
}

export type VerdictCounts = Readonly<Record<ReportVerdict, number>>;

export interface ReportTestee {
  readonly name: string;
  readonly role: "server" | "client";
  /** The URL or the command that was tested. */
  readonly target: string;
  /** The options the testee was judged with, as its options file states them. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly durationMs: number;
  readonly counts: VerdictCounts;
  readonly results: readonly ReportResult[];
}

export interface Report {
  readonly schema: typeof REPORT_SCHEMA;
  readonly version: typeof REPORT_VERSION;
  /** The suite's own name and version. */
  readonly generator: string;
  /** When the run began, as an ISO 8601 date in UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly cases: readonly ReportCase[];
  readonly testees: readonly ReportTestee[];
}

/** Counts verdicts; every verdict is present, with 0 when none was given. */
export function countVerdicts(results: Iterable<{ readonly verdict: ReportVerdict }>): VerdictCounts {
  const counts: Record<ReportVerdict, number> = { pass: 0, "non-strict": 0, informational: 0, fail: 0, skipped: 0 };
  for (const result of results) counts[result.verdict] += 1;
  return counts;
}
