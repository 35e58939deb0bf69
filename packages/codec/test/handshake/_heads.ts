/** Heads for tests, and their replay: whole, byte by byte and in random splits. */
import { expect } from "vitest";
import { HandshakeError, type HeadParser } from "../../src/index.ts";
import { split } from "../_replay.ts";

export const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
export const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/** Lines to bytes: CR LF behind each and an empty line behind all, one octet a character. */
export function head(...lines: string[]): Uint8Array {
  return latin1(
    lines
      .map((line) => `${line}\r\n`)
      .join("")
      .concat("\r\n"),
  );
}

export function latin1(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

export function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

export function joined(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

export interface Receiver<Outcome> {
  receive(chunk: Uint8Array): Outcome | undefined;
}

/** Ways to cut bytes: not at all, everywhere, and at random (a few seeds). Each piece is a copy of its own. */
export function cuts(bytes: Uint8Array): Uint8Array[][] {
  const ways = [[bytes], Array.from(bytes, (octet) => Uint8Array.of(octet))];
  for (let seed = 1; seed <= 8; seed++) ways.push(split(bytes, seed));
  return ways;
}

/** The outcome of one way to cut, with all pieces behind it put to its rest. */
export function feed<Outcome>(
  receiver: Receiver<Outcome>,
  pieces: readonly Uint8Array[],
): [Outcome | undefined, Uint8Array] {
  for (const [index, piece] of pieces.entries()) {
    const outcome = receiver.receive(piece);
    if (outcome !== undefined) return [outcome, joined(...pieces.slice(index + 1))];
  }
  return [undefined, new Uint8Array(0)];
}

export interface Parsed<Head> {
  readonly head: Head | undefined;
  readonly fault: string | undefined;
  readonly rest: string;
}

/** What a parser makes of the bytes; fails unless every way to cut them gives the same. */
export function parse<Head extends object>(make: () => HeadParser<Head>, bytes: Uint8Array): Parsed<Head> {
  let first: Parsed<Head> | undefined;
  for (const pieces of cuts(bytes)) {
    const [outcome, behind] = feed(make(), pieces);
    const parsed: Parsed<Head> =
      outcome === undefined
        ? { head: undefined, fault: undefined, rest: "" }
        : outcome instanceof HandshakeError
          ? { head: undefined, fault: outcome.code, rest: "" }
          : { head: outcome.head, fault: undefined, rest: text(joined(outcome.rest, behind)) };
    first ??= parsed;
    expect(plain(parsed)).toEqual(plain(first));
  }
  return first!;
}

function plain<Head extends object>(parsed: Parsed<Head>): object {
  const headers = (parsed.head as { headers?: Iterable<readonly [string, string]> } | undefined)?.headers;
  return { ...parsed, head: parsed.head && { ...parsed.head, headers: [...(headers ?? [])] } };
}

/**
 * How much longer twice the input takes. Other work on the machine can only make a run slower, so the quickest of
 * several runs counts, taken in turns, and a ratio that looks too large is measured again: what is quadratic comes to
 * 4 in every try, what is linear to 2 in the first that is left in peace. A try takes about 50 ms.
 */
export function growth(make: (size: number) => () => unknown, size: number): number {
  const once = make(size);
  const twice = make(size * 2);
  const time = (run: () => unknown, times: number): number => {
    const begin = performance.now();
    for (let n = 0; n < times; n++) run();
    return performance.now() - begin;
  };
  time(once, 3);
  time(twice, 3);
  // Long enough for the clock, short enough to be left alone.
  const times = Math.max(1, Math.ceil(0.5 / Math.max(time(once, 1), 0.001)));
  let best = Infinity;
  for (let tries = 0; tries < 6 && best > 2.2; tries++) {
    let single = Infinity;
    let double = Infinity;
    const end = performance.now() + 50;
    for (let n = 0; n < 3 || (n < 20 && performance.now() < end); n++) {
      single = Math.min(single, time(once, times));
      double = Math.min(double, time(twice, times));
    }
    best = Math.min(best, double / single);
  }
  return best;
}
