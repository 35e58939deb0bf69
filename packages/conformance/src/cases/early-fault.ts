import { type CaseContext, type ConformanceCase, defineCase, ROLES } from "../case.ts";
import { expectFailure, type Failure } from "../expectations.ts";
import type { Peer } from "../peer.ts";
import { concatBytes, hex, toHex } from "../wire/bytes.ts";
import { AFTER_FAULT, failureInWords, type ScriptSpec } from "./script.ts";

/** How long a testee may think about bytes that decide a fault before it counts as waiting for more. */
const THINKING_TIME = 700;

/** A fault that is decided before the frame that holds it is complete. */
export interface EarlyFaultSpec extends Omit<ScriptSpec, "send">, Failure {
  /** Bytes in hex, up to and with the one that decides; the MASK bit and a key of zeros are added towards a server. */
  readonly prefix: string;
  /** What follows when the testee has not reacted: the rest of the frame. */
  readonly rest: Uint8Array;
  /** Where `prefix` ends before the masking key would come, no key is added to it but to the rest. */
  readonly keyInRest?: boolean;
}

/**
 * Makes a case of a fault that can be told from its first bytes: only those are sent at first. Waiting for more of the frame is
 * allowed (`non-strict`), not failing the connection once it is complete is not.
 */
export function failsEarly(spec: EarlyFaultSpec): ConformanceCase[] {
  return defineCase({
    roles: ROLES,
    input: `${spec.prefix}, then a pause, then the rest (masked towards a server)`,
    expectation: `${failureInWords(spec.codes)} It happens before the rest of the frame is sent.`,
    ...spec,
    async run(context) {
      const peer = await context.open();
      const key = new Uint8Array(context.role === "server" ? 4 : 0);
      const prefix = context.role === "server" ? withMaskBit(hex(spec.prefix)) : hex(spec.prefix);
      const late = spec.keyInRest === true;
      await peer.sendBytes(late ? prefix : concatBytes([prefix, key]));
      if (!(await peer.transport.reacts(THINKING_TIME))) {
        context.late("the fault was not acted upon before the rest of the frame had come");
        await peer.sendBytes(concatBytes([...(late ? [key] : []), spec.rest, peer.encode(...AFTER_FAULT)]));
      }
      await expectFailure(peer, { poison: ["after the fault"], ...spec });
    },
  });
}

function withMaskBit(header: Uint8Array): Uint8Array {
  const masked = Uint8Array.from(header);
  masked[1] = (masked[1] ?? 0) | 0x80;
  return masked;
}

/** A frame that declares more than anyone may want to take. */
export interface OversizeSpec extends Omit<CaseSpecBase, "run"> {
  /** Complete frames that come first, in hex as towards a client. */
  readonly first?: (peer: Peer) => Uint8Array;
  /** The header in hex as towards a client: the length field and nothing behind it. */
  readonly header: string;
}

type CaseSpecBase = Pick<ScriptSpec, "id" | "title" | "section" | "group" | "covers" | "needs">;

/**
 * Makes a case of a declared length beyond any limit, followed by five bytes. A testee with a limit has to fail the connection
 * with 1009 (RFC 6455 10.4); one without may wait for the rest, which is noted. Taking the five bytes for the whole is wrong.
 */
export function oversize(spec: OversizeSpec): ConformanceCase[] {
  return defineCase({
    roles: ROLES,
    input: `${spec.header} and 5 bytes of payload (masked towards a server)`,
    expectation: `${failureInWords([1009])} A testee that has no limit may wait for the payload.`,
    ...spec,
    async run(context) {
      const peer = await context.open();
      await peer.sendBytes(oversizeBytes(spec, context, peer));
      if (await peer.transport.reacts(THINKING_TIME)) return expectFailure(peer, { codes: [1009] });
      context.inform("the testee waits for the payload: it has no limit below the declared length");
      peer.transport.end();
    },
  });
}

function oversizeBytes(spec: OversizeSpec, context: CaseContext, peer: Peer): Uint8Array {
  const header = hex(spec.header);
  const masked = context.role === "server" ? concatBytes([withMaskBit(header), new Uint8Array(4)]) : header;
  const first = spec.first?.(peer) ?? new Uint8Array(0);
  context.log.event(`the header that declares too much: ${toHex(masked)}`);
  return concatBytes([first, masked, hex("48 65 6c 6c 6f")]);
}
