import type { CaseContext } from "../case.ts";
import { CaseFailure } from "../case-failure.ts";
import { openAsServer } from "../opening.ts";
import type { Peer } from "../peer.ts";
import {
  type DeflateParameters,
  directionsOf,
  disagreement,
  formatParameters,
  parseExtensions,
  readParameters,
} from "../wire/deflate-parameters.ts";
import type { FrameSpec } from "../wire/frame.ts";
import { fieldValues, type HttpHead } from "../wire/http-head.ts";
import { type Direction, MessageDeflater, MessageInflater } from "../wire/message-deflate.ts";
import { OPCODE } from "../wire/opcode.ts";

const NAME = "permessage-deflate";
const NONE: DeflateParameters = {
  serverNoTakeover: false,
  clientNoTakeover: false,
  serverBits: undefined,
  clientBits: undefined,
};

/** A connection on which permessage-deflate is agreed. */
export interface DeflateSession {
  readonly peer: Peer;
  /** What is agreed for what we send. */
  readonly ours: Direction;
  /** What is agreed for what the testee sends. */
  readonly theirs: Direction;
  readonly deflater: MessageDeflater;
  /** Holds every compressed message of the testee to what is agreed. */
  readonly inflater: MessageInflater;
}

/**
 * Opens a connection with permessage-deflate. Towards a server `wanted` is the offer, towards a client the answer, as far as its
 * offer allows that. Ends the run as skipped if the testee does not go along; a plain offer has to be taken.
 */
export function openDeflated(context: CaseContext, wanted: Partial<DeflateParameters> = {}): Promise<DeflateSession> {
  return context.role === "server" ? offerTo(context, wanted) : answerTo(context, wanted);
}

async function offerTo(context: CaseContext, wanted: Partial<DeflateParameters>): Promise<DeflateSession> {
  const peer = await context.open({ extensions: formatParameters(wanted) });
  const answer = readAnswer(peer.response as HttpHead, [{ ...NONE, ...wanted }]);
  if (answer !== undefined) return session(peer, answer);
  if (Object.keys(wanted).length > 0) context.skip(`the server declines the offer ${formatParameters(wanted)}`);
  throw new CaseFailure("the server declines a plain permessage-deflate, which its options say it supports");
}

/**
 * The parameters in a server's answer, `undefined` if it agreed to none. Throws {@link CaseFailure} on an answer that RFC 7692
 * does not allow to any of `offers`.
 */
export function readAnswer(response: HttpHead, offers: readonly DeflateParameters[]): DeflateParameters | undefined {
  const values = fieldValues(response, "sec-websocket-extensions");
  const [value] = values;
  if (value === undefined) return undefined;
  if (values.length > 1) throw new CaseFailure("the 101 has two Sec-WebSocket-Extensions fields (RFC 6455 11.3.2)");
  const [element, ...more] = parseField(value);
  if (element === undefined || more.length > 0 || element.name !== NAME) {
    throw new CaseFailure(`the 101 agrees to "${value}", which was not offered (RFC 6455 9.1)`);
  }
  const answer = readParameters(element, "answer");
  if (typeof answer === "string") throw new CaseFailure(`the 101 agrees to "${value}": ${answer} (RFC 7692 7.1)`);
  const reasons = offers.map((offer) => disagreement(offer, answer));
  if (!reasons.includes(undefined)) throw new CaseFailure(`the 101 agrees to "${value}": ${reasons.join("; ")}`);
  return answer;
}

function parseField(value: string): ReturnType<typeof parseExtensions> {
  try {
    return parseExtensions(value);
  } catch (error) {
    throw new CaseFailure(`Sec-WebSocket-Extensions is malformed: ${(error as Error).message} (RFC 6455 9.1)`);
  }
}

/** The permessage-deflate offers of a client, in order. Throws {@link CaseFailure} on one that RFC 7692 does not allow. */
export function offersOf(request: HttpHead | undefined): DeflateParameters[] {
  const values = request === undefined ? [] : fieldValues(request, "sec-websocket-extensions");
  const elements = values.length === 0 ? [] : parseField(values.join(", "));
  return elements
    .filter(({ name }) => name === NAME)
    .map((element) => {
      const offer = readParameters(element, "offer");
      if (typeof offer === "string")
        throw new CaseFailure(`the client's offer is not allowed: ${offer} (RFC 7692 7.1)`);
      return offer;
    });
}

async function answerTo(context: CaseContext, wanted: Partial<DeflateParameters>): Promise<DeflateSession> {
  const peer = await context.connect();
  const [offer] = offersOf(peer.request);
  if (offer === undefined) throw new CaseFailure("the client does not offer permessage-deflate, as its options say");
  const answer: DeflateParameters = {
    serverNoTakeover: offer.serverNoTakeover || wanted.serverNoTakeover === true,
    clientNoTakeover: wanted.clientNoTakeover === true,
    serverBits: smaller(offer.serverBits, wanted.serverBits),
    clientBits: wanted.clientBits === true ? undefined : wanted.clientBits,
  };
  const reason = disagreement(offer, answer);
  if (reason !== undefined) context.skip(`the client's offer does not allow this: ${reason}`);
  await openAsServer(peer, { extensions: formatParameters(answer) });
  return session(peer, answer);
}

function smaller(left: number | undefined, right: number | undefined): number | undefined {
  if (left === undefined) return right;
  return right === undefined ? left : Math.min(left, right);
}

function session(peer: Peer, answer: DeflateParameters): DeflateSession {
  const { server, client } = directionsOf(answer);
  const [ours, theirs] = peer.settings.role === "server" ? [client, server] : [server, client];
  const inflater = new MessageInflater(theirs);
  peer.codec = inflater;
  peer.settings.log.event(`permessage-deflate: we send ${describe(ours)}, the testee ${describe(theirs)}`);
  return { peer, ours, theirs, deflater: new MessageDeflater(ours), inflater };
}

function describe({ windowBits, takeover }: Direction): string {
  return `with ${windowBits} bits of window${takeover ? "" : " and no takeover"}`;
}

/** A compressed message in frames that end after each of `cuts` bytes; RSV1 is on the first alone (RFC 7692 6.1). */
export function compressed(opcode: number, payload: Uint8Array, cuts: readonly number[] = []): FrameSpec[] {
  const ends = [...cuts, payload.length];
  return ends.map((end, index) => ({
    opcode: index === 0 ? opcode : OPCODE.continuation,
    payload: payload.subarray(ends[index - 1] ?? 0, end),
    rsv: index === 0 ? 4 : 0,
    fin: index === ends.length - 1,
  }));
}

/** A compressed text message in one frame. */
export function compressedText(payload: Uint8Array, cuts: readonly number[] = []): FrameSpec[] {
  return compressed(OPCODE.text, payload, cuts);
}

/** A compressed binary message in one frame. */
export function compressedBinary(payload: Uint8Array, cuts: readonly number[] = []): FrameSpec[] {
  return compressed(OPCODE.binary, payload, cuts);
}
