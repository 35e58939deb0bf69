import { type CaseContext, type ConformanceCase, defineCase, type Needs } from "../case.ts";
import { CaseFailure } from "../case-failure.ts";
import { closeNormally, expectAll, textMessage } from "../expectations.ts";
import { checkUpgrade, requestFields, requireUpgrade } from "../opening.ts";
import type { OpenOptions, Peer } from "../peer.ts";
import { freshKey } from "../wire/accept-key.ts";
import { text } from "../wire/frame.ts";
import { encodeHead, fieldValues, type HttpHead } from "../wire/http-head.ts";

/** Field values by name: a string replaces the good one, a list makes several lines, `undefined` leaves the field out. */
export type FieldEdits = Readonly<Record<string, string | readonly string[] | undefined>>;

/** How a request departs from the good one. */
export interface RequestShape {
  readonly method?: string;
  /** The request-target; the testee's own resource if absent. */
  readonly target?: string | ((peer: Peer) => string);
  readonly version?: string;
  readonly edits?: FieldEdits | ((peer: Peer) => FieldEdits);
  /** Reworks the finished head, where what is wrong is no field. */
  readonly rework?: (head: string) => string;
  readonly offer?: OpenOptions;
}

/** The fields with edits made: names compare without case, new ones come last. */
export function editFields(
  fields: readonly (readonly [string, string])[],
  edits: FieldEdits,
): (readonly [string, string])[] {
  const pending = new Map(Object.entries(edits).map(([name, value]) => [name.toLowerCase(), { name, value }]));
  const lines = (name: string, value: string | readonly string[] | undefined): (readonly [string, string])[] =>
    value === undefined ? [] : [value].flat().map((line) => [name, line] as const);
  const edited = fields.flatMap(([name, value]) => {
    const edit = pending.get(name.toLowerCase());
    if (edit === undefined) return [[name, value] as const];
    pending.delete(name.toLowerCase());
    return lines(edit.name, edit.value);
  });
  return [...edited, ...[...pending.values()].flatMap(({ name, value }) => lines(name, value))];
}

/** The head of a request of that shape; one character is one byte. */
export function shapeRequest(peer: Peer, key: string, shape: RequestShape): Uint8Array {
  const target = typeof shape.target === "function" ? shape.target(peer) : shape.target;
  const edits = typeof shape.edits === "function" ? shape.edits(peer) : shape.edits;
  const startLine = `${shape.method ?? "GET"} ${target ?? peer.target.resource} ${shape.version ?? "HTTP/1.1"}`;
  const head = encodeHead(startLine, editFields(requestFields(peer, key, shape.offer), edits ?? {}));
  if (shape.rework === undefined) return head;
  return Uint8Array.from(Buffer.from(shape.rework(Buffer.from(head).toString("latin1")), "latin1"));
}

/** Reads the 101, requires it to be a good one, and sends a message to and fro. */
export async function expectAccepted(peer: Peer, key: string): Promise<void> {
  await requireUpgrade(peer, key);
  await peer.send(text("accepted"));
  await expectAll(peer, textMessage("accepted"));
  await closeNormally(peer);
}

/** What a server may do with a request that is no good opening handshake. */
export interface Refusal {
  /** An answer below 400 is right too: without an upgrade the request is plain HTTP. */
  readonly http?: boolean;
  /** Statuses that name the reason best; another error status is right, but is told. */
  readonly best?: readonly number[];
}

/**
 * Requires an HTTP answer that is no 101, with an error status (RFC 6455 4.2.1: MUST). To close without a word is let pass
 * as non-strict: the handshake is refused all the same.
 */
export async function expectRefused(peer: Peer, refusal: Refusal = {}): Promise<HttpHead | undefined> {
  const head = await peer.readHead();
  if (head === undefined) {
    peer.settings.nonStrict("the server closed without an HTTP response (RFC 6455 4.2.1)");
    return undefined;
  }
  const status = answeredStatus(head);
  if (status === 101) throw new CaseFailure("the server accepted the handshake with 101");
  if (status < 400 && refusal.http !== true) {
    throw new CaseFailure(`the server answered ${status}, where an error status is due (RFC 6455 4.2.1)`);
  }
  if (status >= 500 && status !== 505 && status !== 501) {
    peer.settings.nonStrict(`the server answered ${status}, although the fault is the client's (RFC 9110 15.6)`);
  }
  checkUpgradeRequired(peer, head, status);
  return head;
}

/** RFC 9110 15.5.22: a 426 MUST have an Upgrade field. */
function checkUpgradeRequired(peer: Peer, head: HttpHead, status: number): void {
  if (status !== 426 || fieldValues(head, "upgrade").length > 0) return;
  peer.settings.nonStrict("a 426 response must have an Upgrade field (RFC 9110 15.5.22)");
}

/** The status of an answer that need not be a 101; to a request of another version one may be in HTTP/1.0. */
function answeredStatus(head: HttpHead): number {
  const status = /^HTTP\/1\.[01] ([1-9]\d\d)(?: |$)/.exec(head.startLine)?.[1];
  if (status === undefined) throw new CaseFailure(`this is no HTTP/1.1 status line: ${head.startLine}`);
  return Number(status);
}

/** The answer, if there is one: any status is right here. */
export async function readAnswer(peer: Peer): Promise<{ head: HttpHead; status: number } | undefined> {
  const head = await peer.readHead();
  if (head === undefined) return undefined;
  return { head, status: answeredStatus(head) };
}

/** Requires that the server still takes connections and echoes: what went before broke nothing. */
export async function expectStillServing(context: CaseContext): Promise<void> {
  const peer = await context.open();
  await peer.send(text("still here"));
  await expectAll(peer, textMessage("still here"));
  await closeNormally(peer);
}

/** What has to become of a request. */
export type RequestOutcome =
  /** A good handshake: 101 and a working connection. */
  | "accept"
  /** Good by the letter, but a server may decline what it does not know: refused is non-strict. */
  | "prefer-accept"
  /** An error status (RFC 6455 4.2.1). */
  | "refuse"
  /** No handshake at all: any answer but 101. */
  | "http"
  /** RFC 9112 or RFC 6455 leave it open; the server has to survive it. */
  | "open";

/** One row of a table of requests. */
export interface RequestRow extends RequestShape {
  readonly id: string;
  readonly title: string;
  readonly section: string;
  readonly outcome: RequestOutcome;
  readonly input: string;
  readonly expectation?: string;
  readonly covers?: readonly string[];
  readonly needs?: Needs;
}

const EXPECTATIONS: Readonly<Record<RequestOutcome, string>> = {
  accept: "101 with the right Sec-WebSocket-Accept; a message is echoed.",
  "prefer-accept": "101 with the right Sec-WebSocket-Accept; a refusal is permitted, but not recommended.",
  refuse: "An HTTP error status, never 101; the server goes on serving others.",
  http: "Any HTTP response but 101; the server goes on serving others.",
  open: "Accepted or refused, as the server likes; it goes on serving others.",
};

/** Makes a case of each row, for servers. */
export function requestCases(rows: readonly RequestRow[]): ConformanceCase[] {
  return rows.flatMap((row) =>
    defineCase({
      roles: ["server"],
      deliveries: row.outcome === "accept" ? ["whole", "bytes", "splits"] : ["whole", "splits"],
      expectation: EXPECTATIONS[row.outcome],
      ...row,
      run: (context) => runRequest(context, row),
    }),
  );
}

async function runRequest(context: CaseContext, row: RequestRow): Promise<void> {
  const peer = await context.connect();
  const key = freshKey();
  await peer.sendHead(shapeRequest(peer, key, row), context.delivery);
  if (row.outcome === "accept") return expectAccepted(peer, key);
  if (row.outcome === "refuse" || row.outcome === "http") await expectRefused(peer, { http: row.outcome === "http" });
  else await reportOutcome(context, peer, key, row.outcome);
  await expectStillServing(context);
}

async function reportOutcome(
  context: CaseContext,
  peer: Peer,
  key: string,
  outcome: "prefer-accept" | "open",
): Promise<void> {
  const answer = await readAnswer(peer);
  const seen = answer === undefined ? "the server closed without a response" : `the server answered ${answer.status}`;
  if (answer?.status === 101) checkUpgrade(answer.head, key);
  if (outcome === "open") context.inform(seen);
  else if (answer?.status !== 101) context.nonStrict(`${seen}, although the request is well-formed`);
}
